// One page of a conversation's participants.
import type { Conversation } from "./conversation.ts";
import { birdError, json, type HttpResponse } from "./reply.ts";

/** The limits of Bird's documents: participants of a page, and characters of a page token. */
const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;
const MAX_TOKEN_LENGTH = 8000;

/** "List participants", docs.bird.com. An invalid query gives 422. */
export function listParticipants(conversation: Conversation, query: URLSearchParams): HttpResponse {
  const reversed = query.get("reversed") ?? "false";
  const limit = toLimit(query.get("limit"));
  const toToken = (offset: number) => encodeToken(conversation.id, reversed, offset);
  const start = toOffset(query.get("pageToken"), conversation.records.length, toToken);
  const problems = {
    ...(limit === null && { ".limit": [`must be a whole number from 1 to ${MAX_LIMIT}`] }),
    ...(start === null && { ".pageToken": ["must be the nextPageToken of this list, in this order"] }),
    ...(reversed !== "true" && reversed !== "false" && { ".reversed": ["must be true or false"] }),
  };
  if (limit === null || start === null || Object.keys(problems).length > 0) {
    return birdError(422, "The query does not fit.", problems);
  }
  const total = conversation.records.length;
  const end = Math.min(start + limit, total);
  return json(200, {
    results: slice(conversation, start, end, reversed === "true"),
    ...(end < total && { nextPageToken: toToken(end) }),
    total,
    totalType: "exact",
  });
}

/** Cuts before it reverses, since the whole list may be long. */
function slice({ records }: Conversation, start: number, end: number, reversed: boolean) {
  const page = reversed
    ? records.slice(records.length - end, records.length - start).reverse()
    : records.slice(start, end);
  return page.map(({ current }) => current);
}

function toLimit(given: string | null): number | null {
  if (given === null) return DEFAULT_LIMIT;
  const limit = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  return limit >= 1 && limit <= MAX_LIMIT ? limit : null;
}

/** A token is valid when it equals the one that this list gives out for the same offset. */
function toOffset(token: string | null, total: number, toToken: (offset: number) => string): number | null {
  if (token === null) return 0;
  if (token.length > MAX_TOKEN_LENGTH) return null;
  const offset = Number(Buffer.from(token, "base64url").toString().split(" ").at(-1));
  return offset > 0 && offset < total && toToken(offset) === token ? offset : null;
}

function encodeToken(conversationId: string, reversed: string, offset: number): string {
  return Buffer.from(`${conversationId} ${reversed} ${offset}`).toString("base64url");
}
