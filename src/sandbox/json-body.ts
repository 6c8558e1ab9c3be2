// Reads a JSON request body, with a limit.

import type { IncomingMessage } from "node:http";
import { birdError } from "./reply.ts";
import type { Answer } from "./reply.ts";

const maxBytes = 64 * 1024;

/** The body, or the answer that refuses it. */
export type JsonBody =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly answer: Answer };

/** Refuses another or no content type (415), more than 64 kB (413) and what is no JSON (400). */
export async function readJson(request: IncomingMessage): Promise<JsonBody> {
  const [mediaType = ""] = (request.headers["content-type"] ?? "").split(";");
  if (mediaType.trim().toLowerCase() !== "application/json") {
    return refused(415, "The content type must be application/json.");
  }
  const text = await readText(request);
  if (text === null) return refused(413, `The body is larger than ${maxBytes} bytes.`);
  try {
    const value: unknown = JSON.parse(text);
    return { ok: true, value };
  } catch {
    return refused(400, "The body is not JSON.");
  }
}

function refused(status: number, message: string): JsonBody {
  return { ok: false, answer: birdError(status, message) };
}

/** Null when it is too large; it is read to its end all the same, or the caller might miss the answer. */
function readText(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBytes) chunks.push(chunk);
    });
    request.on("end", () => {
      resolve(bytes > maxBytes ? null : Buffer.concat(chunks).toString());
    });
    request.on("error", reject);
  });
}
