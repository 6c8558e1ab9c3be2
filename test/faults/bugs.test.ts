import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { Bird } from "../../src/bird/client.ts";
import * as events from "../../src/observability/events.ts";
import { startServer, type Server } from "../../src/server/server.ts";
import { john } from "../support/bird.ts";
import { execute } from "../support/execute.ts";
import { startGraphqlOn } from "../support/graphql.ts";
import { ReadParticipantDocument } from "../support/__generated__/operations.ts";
import { canaries, canariesIn, key } from "./canaries.ts";

const bird: Bird = {
  getParticipant: () => {
    throw new TypeError(`cannot read ${JSON.stringify(canaries)}`);
  },
  listParticipants: () => Promise.reject(new Error(JSON.stringify(canaries))),
  getParticipantById: () => Promise.reject(new Error(JSON.stringify(canaries))),
  updateParticipant: () => Promise.reject(new Error(JSON.stringify(canaries))),
};

let log = "";
let server: Server;

beforeAll(async () => {
  events.openLog({ write: (line) => (log += line) });
  const { execute: executeOperation } = await startGraphqlOn(bird);
  server = await startServer({
    execute: executeOperation,
    isRouter: () => false,
    maxRepresentations: 200,
    host: "127.0.0.1",
    port: 0,
    drainMs: 0,
    maxConnections: 10_000,
    hasMetrics: false,
    deadlineMs: 10_000,
    graphiql: null,
    corsOrigins: [],
  });
});
afterAll(() => server.close());

describe("a bug", () => {
  test("is masked: the caller sees only the request id", async () => {
    const headers = { authorization: `AccessKey ${key}`, "x-request-id": "request-7" };
    const answer = await execute(
      server.url,
      ReadParticipantDocument,
      { ...john, value: canaries.email },
      headers,
    );
    expect(answer).toMatchObject({ status: 200, data: { conversationParticipant: null } });
    expect(answer.errors).toEqual([
      {
        message: "Internal server error",
        locations: [expect.anything()],
        path: ["conversationParticipant"],
        extensions: { code: "INTERNAL_SERVER_ERROR", requestId: "request-7" },
      },
    ]);
  });

  test("is logged with its name, its stack and the request id, and without its message", () => {
    const line = log.split("\n").find((text) => text.includes('"event":"bug"'));
    expect(JSON.parse(line ?? "null")).toMatchObject({
      level: "error",
      event: "bug",
      requestId: "request-7",
      name: "TypeError",
      frames: expect.arrayContaining([expect.stringMatching(/^at .*bugs\.test\.ts/)]),
    });
    expect(canariesIn(log)).toEqual([]);
  });
});
