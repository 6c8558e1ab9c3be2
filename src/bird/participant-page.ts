// Decodes a page of "List participants".
import { isJsonObject } from "../json.ts";
import type { ConversationIds } from "./address.ts";
import { decodeParticipant, type Participant } from "./participant.ts";

/** A page of Bird's list of participants. */
export type ParticipantPage = {
  participants: Participant[];
  /** Null on the last page. */
  nextPageToken: string | null;
  /** How many participants the conversation has according to Bird; null where Bird does not say. It may be wrong. */
  total: number | null;
};

/** The longest page token, from "List participants", docs.bird.com. */
const MAX_TOKEN_CHARACTERS = 8000;

/**
 * Decodes the response of "List participants". `"results": null` is an empty page: Go encodes an empty list like that.
 * Invalid entries are left out, which is safe: participants that no page shows are read alone.
 *
 * @param conversation the one that was listed: entries do not name it
 * @returns null when the body is not a page
 */
export function decodeParticipantPage(body: unknown, conversation: ConversationIds): ParticipantPage | null {
  if (!isJsonObject(body)) return null;
  const results: unknown = body["results"] === null ? [] : body["results"];
  if (!Array.isArray(results)) return null;
  const { nextPageToken, total } = body;
  return {
    participants: results.flatMap((result) => decodeParticipant(result, conversation) ?? []),
    nextPageToken: isPageToken(nextPageToken) ? nextPageToken : null,
    total: isCount(total) ? total : null,
  };
}

function isCount(total: unknown): total is number {
  return typeof total === "number" && Number.isSafeInteger(total) && total >= 0;
}

/** A lone surrogate cannot be encoded in a URL. */
function isPageToken(token: unknown): token is string {
  return (
    typeof token === "string" && token !== "" && token.length <= MAX_TOKEN_CHARACTERS && token.isWellFormed()
  );
}
