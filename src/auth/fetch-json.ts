// Fetches the issuer's keys. The causes of its errors are a closed list, so that no text of the network gets into logs.
import type { ReadableStream } from "node:stream/web";

/** Milliseconds that one fetch may take, the whole body included. */
const TIMEOUT_MS = 3000;
/** The largest response, in bytes. A key set is far smaller, but a broken proxy in front of the issuer may send anything. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Why the keys cannot be fetched. */
export type KeyFetchCause =
  | "dns"
  | "refused"
  | "reset"
  | "tls"
  | "timeout"
  | "status"
  | "redirect"
  | "too_large"
  | "not_json"
  | "not_a_key_set"
  | "no_usable_key"
  | "other";

export class KeyFetchError extends Error {
  override readonly cause: KeyFetchCause;
  /** The status of the response; null where none arrived. */
  readonly status: number | null;

  constructor(cause: KeyFetchCause, status: number | null = null) {
    super(cause);
    this.cause = cause;
    this.status = status;
  }
}

/**
 * Fetches JSON with a GET. Any status but 200 is an error.
 *
 * @param signal ends the fetch
 * @throws KeyFetchError with the cause
 */
export async function fetchJson(url: URL, signal: AbortSignal): Promise<unknown> {
  let status: number | null = null;
  try {
    const response = await fetch(url, {
      headers: { accept: "application/jwk-set+json, application/json" },
      // Do not follow redirects: one could lead to plain http.
      redirect: "manual",
      signal: AbortSignal.any([AbortSignal.timeout(TIMEOUT_MS), signal]),
    });
    ({ status } = response);
    if (status !== 200) {
      await response.body?.cancel();
      throw new KeyFetchError(status >= 300 && status < 400 ? "redirect" : "status", status);
    }
    return parse(await readText(response));
  } catch (error) {
    if (error instanceof KeyFetchError) throw error;
    throw new KeyFetchError(causeOf(error), status);
  }
}

async function readText(response: Response): Promise<string> {
  const body: ReadableStream<Uint8Array> | null = response.body;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) throw new KeyFetchError("too_large", response.status);
    chunks.push(chunk);
  }
  // TextDecoder skips a byte order mark, with which some editors begin a file that is served as it is.
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new KeyFetchError("not_json", 200);
  }
}

const causes: readonly (readonly [RegExp, KeyFetchCause])[] = [
  [/^(ENOTFOUND|EAI_)/, "dns"],
  [/^ECONNREFUSED$/, "refused"],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, "reset"],
  [/TIMEOUT|ETIMEDOUT/i, "timeout"],
  [/CERT|TLS|SSL|ISSUER|SIGNATURE/, "tls"],
];

/** Finds the cause. `fetch` wraps the error of the network, and a host with several addresses wraps it once more. */
function causeOf(error: unknown): KeyFetchCause {
  for (let inner = error, depth = 0; inner instanceof Error && depth < 3; inner = inner.cause, depth++) {
    const words = [inner.name, "code" in inner ? String(inner.code) : ""];
    const known = causes.find(([pattern]) => words.some((word) => pattern.test(word)));
    if (known !== undefined) return known[1];
  }
  return "other";
}
