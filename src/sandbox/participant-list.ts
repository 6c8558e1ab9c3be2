// One page of a conversation's participants.

import type { Conversation } from "./conversation.ts";
import { birdError, json } from "./reply.ts";
import type { Answer } from "./reply.ts";

const defaultLimit = 10;
const maxLimit = 100;
const maxTokenLength = 8000;

/** Answers the page that the query asks for; 422 when the query does not fit. */
export function listParticipants(conversation: Conversation, query: URLSearchParams): Answer {
  const reverse = query.get("reverse") ?? "false";
  const limit = toLimit(query.get("limit"));
  const toToken = (offset: number) => encodeToken(conversation.id, reverse, offset);
  const start = toOffset(query.get("pageToken"), conversation.records.length, toToken);
  const problems = {
    ...(limit === null && { ".limit": [`must be a whole number from 1 to ${maxLimit}`] }),
    ...(start === null && { ".pageToken": ["must be the nextPageToken of this list, in this order"] }),
    ...(reverse !== "true" && reverse !== "false" && { ".reverse": ["must be true or false"] }),
  };
  if (limit === null || start === null || Object.keys(problems).length > 0) {
    return birdError(422, "The query does not fit.", problems);
  }
  const total = conversation.records.length;
  const end = Math.min(start + limit, total);
  return json(200, {
    results: slice(conversation, start, end, reverse === "true"),
    ...(end < total && { nextPageToken: toToken(end) }),
    total,
    totalType: "exact",
  });
}

/** Cuts before it turns round: the whole list may be long. */
function slice({ records }: Conversation, start: number, end: number, reverse: boolean) {
  const page = reverse
    ? records.slice(records.length - end, records.length - start).reverse()
    : records.slice(start, end);
  return page.map(({ current }) => current);
}

function toLimit(given: string | null): number | null {
  if (given === null) return defaultLimit;
  const limit = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  return limit >= 1 && limit <= maxLimit ? limit : null;
}

/** A token is good when it is exactly the one that this list would give out for the place it names. */
function toOffset(token: string | null, total: number, toToken: (offset: number) => string): number | null {
  if (token === null) return 0;
  if (token.length > maxTokenLength) return null;
  const offset = Number(Buffer.from(token, "base64url").toString().split(" ").at(-1));
  return offset > 0 && offset < total && toToken(offset) === token ? offset : null;
}

function encodeToken(conversationId: string, reverse: string, offset: number): string {
  return Buffer.from(`${conversationId} ${reverse} ${offset}`).toString("base64url");
}
