// A screen with a hundred participants of one conversation, each conversation another: what the batch plan saves.
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

/** @type {import("../compare.js").Scenario} */
export const hundredAliases = {
  name: "100 aliases in one conversation",
  aim: { figure: "throughput", atLeast: 10 },
  subject: { name: "gateway", start: startGateway, exchange: exchange("/graphql") },
  baseline: { name: "plain gateway", start: startPlainGateway, exchange: exchange("/") },
  connections: 8,
  launches: 2,
  rounds: 6,
  requestsPerRound: 60,
  warmUpRequests: 200,
};
