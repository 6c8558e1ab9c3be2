import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { print } from "graphql";
import { aParticipant, john } from "../support/bird.ts";
import { execute } from "../support/execute.ts";
import { startProcess, type GatewayProcess } from "../support/process.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { Hold, json } from "../support/steps.ts";
import { until } from "../support/until.ts";
import { ReadParticipantDocument, UpdateStatusDocument } from "../support/__generated__/operations.ts";

let gateway: GatewayProcess | undefined;
let bird: ScriptedUpstream | undefined;

afterEach(async () => {
  await gateway?.stop("SIGKILL");
  await bird?.close();
  [gateway, bird] = [undefined, undefined];
});

async function start(upstream: Promise<ScriptedUpstream>, environment: Record<string, string> = {}) {
  bird = await upstream;
  gateway = await startProcess({ BIRD_API_URL: bird.url, ...environment });
  return { bird, gateway };
}

const status = async (url: string) => (await fetch(url)).status;

/** Tells a gateway to stop, and waits until it has begun to. */
async function tellToStop(running: GatewayProcess) {
  const stopped = running.stop("SIGTERM");
  await until(() => running.stderr().includes('"event":"stopping"'));
  return stopped;
}

describe("a gateway that is told to stop", () => {
  test("says so at /readyz while it still serves everything, and ends with exit code 0 after that", async () => {
    const { gateway: running } = await start(startUpstream(json(200, aParticipant)), { DRAIN_SECONDS: "8" });
    expect(await status(`${running.url}/readyz`)).toBe(200);
    const stopped = running.stop("SIGTERM");
    await until(async () => (await status(`${running.url}/readyz`)) === 503);
    expect(await status(`${running.url}/livez`)).toBe(200);
    const answer = await execute(running.url, ReadParticipantDocument, john);
    expect(answer.data?.conversationParticipant?.__typename).toBe("ConversationParticipant");
    expect(await stopped).toBe(0);
    await expect(fetch(`${running.url}/readyz`)).rejects.toThrow();
  });

  test("finishes the update of a caller who has left, before it ends", async () => {
    const held = new Hold();
    const { gateway: running } = await start(startUpstream(held.step));
    const leaving = new AbortController();
    const answer = fetch(`${running.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "AccessKey x" },
      body: JSON.stringify({
        query: print(UpdateStatusDocument),
        variables: { input: { ...john, status: "ACTIVE" } },
      }),
      signal: leaving.signal,
    });
    await until(() => held.waiting.length === 1);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    const stopped = tellToStop(running);
    // The listener is closed and no caller is connected, so only the update keeps the process running.
    await until(() =>
      fetch(running.url).then(
        () => false,
        () => true,
      ),
    );
    expect(held.isAbandoned()).toBe(false);
    held.release(json(200, aParticipant));
    expect(await stopped).toBe(0);
    expect(running.stderr()).toContain('"ConversationParticipant":1');
  });

  test("does not wait for a connection on which nothing was ever sent", async () => {
    const { gateway: running } = await start(startUpstream(json(200, aParticipant)));
    const { port } = new URL(running.url);
    const unused = connect(Number(port), "127.0.0.1");
    await once(unused, "connect");
    const closed = once(unused, "close");
    expect(await tellToStop(running)).toBe(0);
    await closed;
  });

  test("does not wait for the end of a pause that Bird asked for", async () => {
    const { gateway: running, bird: upstream } = await start(
      startUpstream(json(429, { code: "TooMany" }, { "retry-after": "3600" })),
    );
    await Promise.all([1, 2, 3].map(() => execute(running.url, ReadParticipantDocument, john)));
    expect(upstream.requests.length).toBeGreaterThan(0);
    expect(await tellToStop(running)).toBe(0);
  });

  test("ends what hangs after the deadline and a second, even where a caller waits", async () => {
    const held = new Hold();
    const { gateway: running } = await start(startUpstream(held.step), {
      // Both calls have to reach Bird before it, also on a busy machine.
      BIRD_DEADLINE_MS: "3000",
      BIRD_ATTEMPT_TIMEOUT_MS: "600000",
    });
    const answers = [
      execute(running.url, ReadParticipantDocument, john),
      execute(running.url, UpdateStatusDocument, { input: { ...john, status: "ACTIVE" } }),
    ];
    await until(() => held.waiting.length === 2);
    expect(await tellToStop(running)).toBe(0);
    for (const { data } of await Promise.all(answers))
      expect(Object.values(data ?? {})).toMatchObject([{ __typename: "UpstreamError", code: "Timeout" }]);
  });
});

test("a deadline that leaves no time for a second attempt is warned about in one line at the start", async () => {
  const limits = { BIRD_DEADLINE_MS: "1000", BIRD_ATTEMPT_TIMEOUT_MS: "1000" };
  const { gateway: running } = await start(startUpstream(json(200, aParticipant)), limits);
  const lines = () =>
    running
      .stderr()
      .split("\n")
      .filter((line) => line.includes("configurationWarning"));
  await until(() => lines().length > 0);
  expect(lines()).toEqual([expect.stringContaining("BIRD_DEADLINE_MS=1000 is not above")]);
});
