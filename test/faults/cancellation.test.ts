import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { print } from "graphql";
import { aParticipant, john } from "../support/bird.ts";
import { startTestGateway, type TestGateway } from "../support/gateway.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { choose, Hold, json } from "../support/steps.ts";
import { until } from "../support/until.ts";
import { ReadParticipantDocument, UpdateStatusDocument } from "../support/__generated__/operations.ts";

/** The upstream holds every answer until a test releases it. */
let held = new Hold();
let upstream: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream(choose(() => held.step));
  gateway = await startTestGateway(upstream.url);
});
afterAll(async () => {
  await upstream.close();
  await gateway.close();
});
afterEach(() => {
  held = new Hold();
  upstream.requests.length = 0;
});

const post = (body: object): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", authorization: "AccessKey x" },
  body: JSON.stringify(body),
});

/** Sends an operation, and leaves as soon as the upstream has it. */
async function leave(body: object): Promise<void> {
  const leaving = new AbortController();
  const answer = fetch(`${gateway.url}/graphql`, { ...post(body), signal: leaving.signal });
  await until(() => held.waiting.length > 0);
  leaving.abort();
  await expect(answer).rejects.toThrow();
}

describe("a caller who disconnects", () => {
  test("ends its read, which is not tried again", async () => {
    await leave({ query: print(ReadParticipantDocument), variables: john });
    await until(() => held.isAbandoned());
    expect(upstream.requests).toHaveLength(1);
  });

  test("does not end an update that is on the wire", async () => {
    await leave({ query: print(UpdateStatusDocument), variables: { input: { ...john, status: "ACTIVE" } } });
    // The gateway answers this after it has seen the caller leave.
    await (await fetch(`${gateway.url}/readyz`)).text();
    expect(held.isAbandoned()).toBe(false);
    held.release(json(200, aParticipant));
    await until(async () => {
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      return /^gateway_upstream_attempt_duration_seconds_count\{.*"PATCH".*"200".*\} 1$/m.test(metrics);
    }, "the gateway has read the answer to the update");
    expect(upstream.requests.map(({ method }) => method)).toEqual(["PATCH"]);
  });
});
