// One page of a conversation's participants, decoded from what Bird sent.
import { isJsonObject } from "../json.ts";
import { decodeParticipant, type Participant } from "./participant.ts";

export type ParticipantPage = {
  participants: Participant[];
  /** Null on the last page. */
  nextPageToken: string | null;
  /** How many participants the conversation has, as Bird says; null where it does not. A hint, never a promise. */
  total: number | null;
};

/** "List participants", docs.bird.com. */
const MAX_TOKEN_CHARACTERS = 8000;

/**
 * Reads the answer of "List participants". `"results": null` is an empty page: Go writes an empty list like that. An entry
 * that is no participant is left out: a page proves only that a participant is there, and one that it does not show is
 * read alone.
 *
 * @returns null when it is no page
 */
export function decodeParticipantPage(
  body: unknown,
  place: { workspaceId: string; conversationId: string },
): ParticipantPage | null {
  if (!isJsonObject(body)) return null;
  const results: unknown = body["results"] === null ? [] : body["results"];
  if (!Array.isArray(results)) return null;
  const { nextPageToken, total } = body;
  return {
    participants: results.flatMap((result) => decodeParticipant(result, place) ?? []),
    nextPageToken: isPageToken(nextPageToken) ? nextPageToken : null,
    total: typeof total === "number" && total >= 0 ? total : null,
  };
}

/** A lone surrogate cannot be encoded in a URL. */
function isPageToken(token: unknown): token is string {
  return (
    typeof token === "string" && token !== "" && token.length <= MAX_TOKEN_CHARACTERS && token.isWellFormed()
  );
}
