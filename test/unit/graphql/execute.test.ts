import { describe, expect, test } from "@jest/globals";
import type { Authenticate } from "../../../src/auth/caller.ts";
import { readCaller } from "../../../src/auth/forward.ts";
import type { Bird } from "../../../src/bird/client.ts";
import type { ExecuteInput } from "../../../src/graphql/execute.ts";
import { startGraphqlOn } from "../../support/graphql.ts";

const unexpected = () => Promise.reject(new Error("no call is expected"));
const bird: Bird = {
  getParticipant: unexpected,
  listParticipants: unexpected,
  getParticipantById: unexpected,
  updateParticipant: unexpected,
};

function start(authenticate: Authenticate = readCaller) {
  return startGraphqlOn(bird, { production: false, authenticate });
}

const input = (query: string, given: Partial<ExecuteInput> = {}): ExecuteInput => ({
  request: { query },
  headers: {},
  requestId: "request-1",
  queriesOnly: false,
  onLeave: () => undefined,
  ...given,
});

const runningTimers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;

describe("the door", () => {
  test("answers with the result, the status and a body", async () => {
    const { execute } = await start();
    const answer = await execute(input("{ __typename }"));
    expect([answer.status, answer.body]).toEqual([200, '{"data":{"__typename":"Query"}}\n']);
  });

  test("answers a bug in authentication with the request id, and stops the operation's timer", async () => {
    const { execute } = await start(() => Promise.reject(new TypeError("canary")));
    const before = runningTimers();
    const { status, body } = await execute(input("{ __typename }"));
    expect(status).toBe(500);
    expect(JSON.parse(body)).toEqual({
      errors: [
        {
          message: "Internal server error",
          extensions: { code: "INTERNAL_SERVER_ERROR", requestId: "request-1" },
        },
      ],
    });
    expect(runningTimers()).toBe(before);
  });

  test("does not authenticate a request without an operation", async () => {
    let authenticated = 0;
    const { execute } = await start((authorization) => {
      authenticated += 1;
      return readCaller(authorization);
    });
    expect((await execute(input(""))).status).toBe(400);
    expect(authenticated).toBe(0);
  });

  test("executes nothing but queries where only they may come in", async () => {
    const { execute } = await start();
    const answer = await execute(input("mutation { __typename }", { queriesOnly: true }));
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test.each([
    ["names no operation of the text", "query A { __typename }", "B"],
    ["names none of two", "query A { __typename } query B { __typename }", undefined],
  ])("rejects a request that %s", async (_what, query, operationName) => {
    const { execute } = await start();
    const { status, body } = await execute(input(query, { request: { query, operationName } }));
    expect(status).toBe(400);
    expect(body).toContain("OPERATION_RESOLUTION_FAILURE");
  });
});
