// What the page remembers between visits: queries, variables and layout, never headers, since keys stand in them.

/** GraphiQL's entries in localStorage begin with this. */
const prefix = "graphiql:";

export type PageStorage = {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  clear(): void;
  readonly length: number;
};

/**
 * A storage for GraphiQL, whose tabs and history would write headers down.
 *
 * @param headers what an entry of the history gets in place of the headers it was run with
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
      // GraphiQL writes with a delay: what it still holds must not come back after the visitor has cleared it.
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

/** The same JSON with every `headers` in it replaced; a text that is no JSON, such as a query, stays as it is. */
function withHeaders(text: string, headers: string | null): string {
  try {
    const parsed: unknown = JSON.parse(text, (key, value: unknown) => (key === "headers" ? headers : value));
    return typeof parsed === "object" ? JSON.stringify(parsed) : text;
  } catch {
    return text;
  }
}
