// The first scenario again, where each caller has an access key of its own: no connection to Bird serves two keys.
import { singleParticipant } from "./single-participant.js";

/**
 * @param {string} name
 * @param {number} keys
 * @param {number} under
 * @returns {import("../compare.js").Scenario}
 */
function withKeys(name, keys, under) {
  const { subject } = singleParticipant;
  /** @param {number} n */
  const keyOf = (n) => `bench-${n % keys}`;
  const exchange = { ...subject.exchange, keyOf };
  return {
    ...singleParticipant,
    name,
    aim: { figure: "cpu", under },
    subject: { ...subject, exchange },
    launches: 2,
    rounds: 8,
  };
}

/** As many keys as there are connections of callers. */
export const keyForEachCaller = withKeys("A key for each caller", 32, 3.5);

/** The keys take turns, so each call finds its key's connection closed: the worst case for many keys. */
export const moreKeysThanConnections = withKeys("1,000 keys in turn, 256 connections", 1000, 7);
