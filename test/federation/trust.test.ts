import { afterAll, describe, expect, test } from "@jest/globals";
import type { Environment } from "../../src/config/config.ts";
import { john } from "../support/bird.ts";
import { executeForData } from "../support/execute.ts";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import { ReadParticipantDocument } from "../support/__generated__/operations.ts";
import { askAsRouter, entitiesQuery } from "./entities.ts";

const representation = {
  __typename: "ConversationParticipant",
  workspaceId: john.workspaceId,
  conversationId: john.conversationId,
  id: "8f0b5377-2edc-4116-a8e8-6a475f245a04",
};
const variables = { representations: [representation] };
const routersOnly = [
  ["_entities", entitiesQuery, variables],
  ["_service", "{ _service { sdl } }", {}],
  ["_service by another name", "{ ...F } fragment F on Query { sdl: _service { sdl } }", {}],
] as const;

const gateways: SandboxedGateway[] = [];
afterAll(async () => {
  for (const gateway of gateways) await gateway.close();
});

async function start(environment: Environment): Promise<SandboxedGateway> {
  const gateway = await startSandboxedGateway(environment);
  gateways.push(gateway);
  return gateway;
}

const rejected = {
  status: 403,
  data: undefined,
  errors: [{ extensions: { code: "ROUTER_SECRET_REQUIRED" } }],
};

describe("a gateway with router secrets", () => {
  const gateway = start({ ROUTER_SECRETS: "the-new-secret-of-16,the-old-secret-of-16" });

  test.each(routersOnly)("rejects %s without one, and makes no call", async (_what, query, given) => {
    const { url, calls } = await gateway;
    for (const headers of [{}, { "router-authorization": "" }, { "router-authorization": "the-new-secre" }]) {
      expect(await askAsRouter(url, query, given, headers)).toMatchObject(rejected);
    }
    expect(calls).toEqual([]);
  });

  test.each(["the-new-secret-of-16", "the-old-secret-of-16"])(
    "answers a router that sends %s",
    async (secret) => {
      const { url } = await gateway;
      const headers = { "router-authorization": secret };
      for (const [, query, given] of routersOnly) {
        const { status, errors } = await askAsRouter(url, query, given, headers);
        expect({ status, errors }).toEqual({ status: 200, errors: undefined });
      }
    },
  );

  test("still answers the queries of other callers", async () => {
    const { url } = await gateway;
    const { conversationParticipant } = await executeForData(url, ReadParticipantDocument, john);
    expect(conversationParticipant?.__typename).toBe("ConversationParticipant");
  });

  test("does not show its secrets to callers that it rejects", async () => {
    const answer = await askAsRouter((await gateway).url, entitiesQuery, variables);
    expect(JSON.stringify(answer)).not.toMatch(/the-(new|old)-secret/);
  });
});

describe("in production", () => {
  test.each(routersOnly)("%s is rejected where no secret is configured", async (_what, query, given) => {
    const { url, calls } = await start({ NODE_ENV: "production" });
    expect(await askAsRouter(url, query, given, { "router-authorization": "undefined" })).toMatchObject(
      rejected,
    );
    expect(calls).toEqual([]);
  });

  test("a router with the secret is answered", async () => {
    const { url } = await start({ NODE_ENV: "production", ROUTER_SECRETS: "the-secret-of-16-and-more" });
    const headers = { "router-authorization": "the-secret-of-16-and-more" };
    expect(await askAsRouter(url, entitiesQuery, variables, headers)).toMatchObject({ status: 200 });
  });
});

test("outside production and without secrets, every caller may send references", async () => {
  const { url } = await start({});
  expect(await askAsRouter(url, entitiesQuery, variables)).toMatchObject({ status: 200 });
});
