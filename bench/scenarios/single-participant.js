// One participant per request, no two alike: what the gateway adds to a plain REST proxy.
import { participant, readOperation } from "../participants.js";
import { startGateway } from "../targets/gateway.js";
import { startRestProxy } from "../targets/rest-proxy.js";

/** @type {import("../compare.js").Scenario} */
export const singleParticipant = {
  name: "Single participant",
  aim: { figure: "cpu", under: 3.5 },
  subject: {
    name: "gateway",
    start: startGateway,
    exchange: {
      toRequest: (n) => readOperation(participant(n)),
      isRight: ({ data }, n) =>
        data.conversationParticipant?.contact?.identifierValue === participant(n).value,
    },
  },
  baseline: {
    name: "REST proxy",
    start: startRestProxy,
    exchange: {
      toRequest: (n) => ({ path: "/", body: participant(n) }),
      isRight: ({ contact }, n) => contact?.identifierValue === participant(n).value,
    },
  },
  connections: 32,
  launches: 3,
  rounds: 16,
  requestsPerRound: 1_000,
  warmUpRequests: 8_000,
};
