// Maps an error of Node's or undici's to a cause from a closed list. Its message is not used, since it may hold an address.
import type { NoResponseCause } from "../call.ts";

const causes: ReadonlyMap<string, NoResponseCause> = new Map([
  ["ENOTFOUND", "dns"],
  ["EAI_AGAIN", "dns"],
  ["ECONNREFUSED", "refused"],
  ["EHOSTUNREACH", "unreachable"],
  ["ENETUNREACH", "unreachable"],
  ["EHOSTDOWN", "unreachable"],
  ["ENETDOWN", "unreachable"],
  ["ECONNRESET", "reset"],
  ["ECONNABORTED", "reset"],
  ["EPIPE", "reset"],
  ["UND_ERR_SOCKET", "closed"],
  ["ETIMEDOUT", "timeout"],
  ["UND_ERR_CONNECT_TIMEOUT", "timeout"],
  ["EPROTO", "tls"],
  ["UND_ERR_HEADERS_OVERFLOW", "protocol"],
  ["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", "protocol"],
  ["UND_ERR_RES_EXCEEDED_MAX_SIZE", "protocol"],
  ["EMFILE", "resources"],
  ["ENFILE", "resources"],
  ["ENOBUFS", "resources"],
  ["ENOMEM", "resources"],
  ["EADDRNOTAVAIL", "resources"],
]);

/** Prefixes of the codes that Node takes from OpenSSL and llhttp, and of DNS errors. */
const prefixes: readonly (readonly [string, NoResponseCause])[] = [
  ["HPE_", "protocol"],
  ["EAI_", "dns"],
  ["ERR_TLS_", "tls"],
  ["ERR_SSL_", "tls"],
  ["CERT_", "tls"],
  ["CRL_", "tls"],
  ["UNABLE_TO_", "tls"],
  ["SELF_SIGNED_", "tls"],
  ["DEPTH_ZERO_", "tls"],
  ["HOSTNAME_MISMATCH", "tls"],
  ["INVALID_CA", "tls"],
  ["PATH_LENGTH_EXCEEDED", "tls"],
];

/**
 * Maps an error.
 *
 * @param error what undici reports; where several addresses were tried, an AggregateError with the code of the first
 */
export function toNoResponseCause(error: unknown): NoResponseCause {
  const code = codeOf(error);
  if (code === null) return "other";
  const known = causes.get(code) ?? prefixes.find(([prefix]) => code.startsWith(prefix))?.[1];
  return known ?? "other";
}

function codeOf(error: unknown): string | null {
  if (typeof error !== "object" || error === null) return null;
  if ("code" in error && typeof error.code === "string") return error.code;
  return "name" in error && error.name === "HTTPParserError" ? "HPE_UNKNOWN" : null;
}
