// What the browser saves of the page: queries, variables and layout, but no headers, since access keys stand in them.

/** The entries of GraphiQL in localStorage begin with this. */
const prefix = "graphiql:";

/** The storage that GraphiQL takes. */
export type PageStorage = {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  clear(): void;
  readonly length: number;
};

/**
 * Wraps the browser's storage, because GraphiQL's tabs and history would save headers.
 *
 * @param headers the headers that an entry of the history gets back, instead of those it was run with
 */
export function createStorage(storage: Storage, headers: string): PageStorage {
  let cleared = false;
  const keys = () => Object.keys(storage).filter((key) => key.startsWith(prefix));
  return {
    getItem: (key) => {
      const value = storage.getItem(key);
      return value !== null && isHistory(key) ? withHeaders(value, headers) : value;
    },
    setItem: (key, value) => {
      // GraphiQL writes after a delay. After `clear` it must not write back what it still holds.
      if (cleared || key === `${prefix}headers`) return;
      storage.setItem(key, withHeaders(value, null));
    },
    removeItem: (key) => {
      storage.removeItem(key);
    },
    clear: () => {
      cleared = true;
      for (const key of keys()) storage.removeItem(key);
    },
    get length() {
      return keys().length;
    },
  };
}

function isHistory(key: string): boolean {
  return key === `${prefix}queries` || key === `${prefix}favorites`;
}

/** Replaces every `headers` in a JSON text. A text that is not JSON, such as a query, stays as it is. */
function withHeaders(text: string, headers: string | null): string {
  try {
    const parsed: unknown = JSON.parse(text, (key, value: unknown) => (key === "headers" ? headers : value));
    return typeof parsed === "object" ? JSON.stringify(parsed) : text;
  } catch {
    return text;
  }
}
