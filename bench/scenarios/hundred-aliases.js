// Each request reads a hundred participants of another conversation: measures what the batch plan saves.
import { conversationOf, aliasesOperation } from "../participants.js";
import { startGateway } from "../targets/gateway.js";
import { startPlainGateway } from "../targets/plain-gateway.js";

/** @type {(graphqlPath: string) => import("../load.js").Exchange} */
const exchange = (path) => ({
  toRequest: (n) => ({ ...aliasesOperation(conversationOf(n)), path }),
  isRight: ({ data }) => {
    const values = Object.values(data).map(({ contact }) => contact?.identifierValue);
    return values.length === 100 && values.every((value, index) => value === `customer-${index}@example.com`);
  },
});

const contenders = {
  subject: { name: "gateway", start: startGateway, exchange: exchange("/graphql") },
  baseline: { name: "plain gateway", start: startPlainGateway, exchange: exchange("/") },
};

/**
 * The upstream answers 50 reads a second, as Bird does for a workspace. It queues the others, where Bird answers 429.
 *
 * @type {import("../compare.js").Scenario}
 */
export const hundredAliasesAtQuota = {
  ...contenders,
  name: "100 aliases in one conversation, at Bird's quota of 50 reads a second",
  aim: { figure: "throughput", atLeast: 10 },
  upstreamEnv: { READS_PER_SECOND: "50" },
  connections: 2,
  launches: 1,
  rounds: 3,
  requestsPerRound: 6,
  warmUpRequests: 1,
};

/**
 * The upstream answers at once, so the scenario measures work and no waiting.
 *
 * @type {import("../compare.js").Scenario}
 */
export const hundredAliases = {
  ...contenders,
  name: "100 aliases in one conversation, without a quota",
  aim: { figure: "throughput", atLeast: 1 },
  connections: 8,
  launches: 2,
  rounds: 6,
  requestsPerRound: 60,
  warmUpRequests: 200,
};
