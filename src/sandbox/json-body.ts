// Reads a JSON request body of limited size.
import type { IncomingMessage } from "node:http";
import { birdError, type HttpResponse } from "./reply.ts";

const MAX_BYTES = 64 * 1024;

/** The body, or the response that rejects it. */
export type JsonBody =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly response: HttpResponse };

/** Rejects a content type that is not JSON (415), more than 64 kB (413) and text that is not JSON (400). */
export async function readJson(request: IncomingMessage): Promise<JsonBody> {
  const [mediaType = ""] = (request.headers["content-type"] ?? "").split(";");
  if (mediaType.trim().toLowerCase() !== "application/json") {
    return reject(415, "The content type must be application/json.");
  }
  const text = await readText(request);
  if (text === null) return reject(413, `The body is larger than ${MAX_BYTES} bytes.`);
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch {
    return reject(400, "The body is not JSON.");
  }
}

function reject(status: number, message: string): JsonBody {
  return { ok: false, response: birdError(status, message) };
}

/** Null when the body is too large. It is read to its end even so: a caller that is still sending may not see the response. */
function readText(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= MAX_BYTES) chunks.push(chunk);
    });
    request.on("end", () => {
      resolve(bytes > MAX_BYTES ? null : Buffer.concat(chunks).toString());
    });
    request.on("error", reject);
  });
}
