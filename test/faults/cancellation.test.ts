import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { print } from "graphql";
import type { ServerResponse } from "node:http";
import { john } from "../support/bird.ts";
import { startTestGateway, type TestGateway } from "../support/gateway.ts";
import { aParticipant, answerJson, startUpstream, type Upstream } from "../support/upstream.ts";
import { ReadParticipantDocument, UpdateStatusDocument } from "../support/__generated__/operations.ts";

/** The upstream holds every answer until a test lets it go. */
let held: { response: ServerResponse; closed: Promise<void> }[] = [];
let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream((_request, response) => {
    const closed = new Promise<void>((resolve) => response.once("close", resolve));
    held.push({ response, closed });
  });
  gateway = await startTestGateway(upstream.url);
});
afterAll(async () => {
  await upstream.close();
  await gateway.close();
});
afterEach(() => {
  held = [];
  upstream.requests.length = 0;
});

/** Sends an operation, leaves as soon as the upstream has it, and gives what the upstream then sees. */
async function leave(body: object) {
  const leaving = new AbortController();
  const answer = fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "AccessKey x" },
    body: JSON.stringify(body),
    signal: leaving.signal,
  });
  await until(() => held.length > 0);
  leaving.abort();
  await expect(answer).rejects.toThrow();
  const [first] = held;
  if (first === undefined) throw new Error("nothing arrived");
  return first;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe("a caller who disconnects", () => {
  test("ends its read, which is not tried again", async () => {
    const read = await leave({ query: print(ReadParticipantDocument), variables: john });
    await read.closed;
    expect(read.response.writableFinished).toBe(false);
    expect(upstream.requests).toHaveLength(1);
  });

  test("does not end an update that is on the wire", async () => {
    const update = await leave({
      query: print(UpdateStatusDocument),
      variables: { input: { ...john, status: "ACTIVE" } },
    });
    // Time for an abort to arrive, if there were one.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(update.response.destroyed).toBe(false);
    answerJson(200, aParticipant)({ method: "", path: "", headers: {}, body: "" }, update.response);
    await update.closed;
    expect(update.response.writableFinished).toBe(true);
    expect(upstream.requests).toHaveLength(1);
  });
});
