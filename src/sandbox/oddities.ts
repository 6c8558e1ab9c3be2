// Does to a response what proxies and other versions of an API do: it is as right as before, and unusual.
import { deflateRawSync } from "node:zlib";
import type { Oddity } from "./fault-spec.ts";
import type { HttpResponse, Reply } from "./reply.ts";

/** @param oddities are applied in a fixed order; those that do not fit a reply leave it as it is */
export function addOddities(reply: Reply, oddities: readonly Oddity[]): Reply {
  if (reply.kind !== "response") return reply;
  return oddities.reduce<HttpResponse & Reply>((odd, oddity) => ({ ...odd, ...change(odd, oddity) }), reply);
}

function change(response: HttpResponse, oddity: Oddity): Partial<HttpResponse> {
  const { headers, body } = response;
  switch (oddity) {
    case "stale":
      return {};
    case "continue":
      return { isContinued: true };
    case "twice":
      return { isSentTwice: true };
    case "bom":
      return { body: Buffer.concat([Buffer.from("\ufeff"), Buffer.from(body)]) };
    case "raw-deflate":
      return { headers: { ...headers, "content-encoding": "deflate" }, body: deflateRawSync(body) };
    case "latin1":
      return {
        headers: { ...headers, "content-type": "application/json; charset=ISO-8859-1" },
        body: Buffer.from(body.toString(), "latin1"),
      };
    case "null-results":
      return changeList(response, (list) => ({ ...list, results: null }));
    case "no-total":
      return changeList(response, (list) => ({ ...list, total: undefined, totalType: undefined }));
  }
}

type List = Record<string, unknown>;

/** Changes a page of a list, and nothing else. */
function changeList({ body }: HttpResponse, toOther: (list: List) => List): Partial<HttpResponse> {
  const text = body.toString();
  if (!text.startsWith('{"results":')) return {};
  return { body: JSON.stringify(toOther(JSON.parse(text) as List)) };
}
