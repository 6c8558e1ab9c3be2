// All callers read the same participant: how much the sharing of reads in flight saves.
import { participant, readOperation } from "../participants.js";
import { startGateway } from "../targets/gateway.js";
import { startPlainGateway } from "../targets/plain-gateway.js";

/** @type {(graphqlPath: string) => import("../load.js").Exchange} */
const exchange = (path) => ({
  toRequest: () => ({ ...readOperation(participant(0), path === "/"), path }),
  isRight: ({ data }) => data.conversationParticipant?.contact?.identifierValue === participant(0).value,
});

/** @type {import("../compare.js").Scenario} */
export const hotParticipant = {
  name: "A hot participant",
  aim: { figure: "throughput", atLeast: 1 },
  subject: { name: "gateway", start: startGateway, exchange: exchange("/graphql") },
  baseline: { name: "plain gateway", start: startPlainGateway, exchange: exchange("/") },
  connections: 32,
  launches: 2,
  rounds: 8,
  requestsPerRound: 500,
  warmUpRequests: 4_000,
};
