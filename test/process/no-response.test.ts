import { createServer } from "node:net";
import { afterEach, expect, test } from "@jest/globals";
import { john } from "../support/bird.ts";
import { execute } from "../support/execute.ts";
import { freePort, listen } from "../support/listen.ts";
import { startProcess, type GatewayProcess } from "../support/process.ts";
import { startUpstream } from "../support/scripted-upstream.ts";
import { cutOff, hang, reset } from "../support/steps.ts";
import { until } from "../support/until.ts";
import { ReadParticipantDocument } from "../support/__generated__/operations.ts";

let gateway: GatewayProcess | undefined;
const open: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  await gateway?.stop("SIGKILL");
  for (const resource of open.splice(0)) await resource.close();
});

async function upstreamThat(...steps: Parameters<typeof startUpstream>) {
  const upstream = await startUpstream(...steps);
  open.push(upstream);
  return upstream;
}

/** Where the gateway is connected to, by what then breaks. */
const upstreams: Record<string, () => Promise<string>> = {
  dns: () => Promise.resolve("https://bird.invalid"),
  refused: async () => `http://127.0.0.1:${await freePort()}`,
  tls: async () => {
    const plain = await listen(createServer((socket) => socket.end("220 mail.example.com ESMTP\r\n")));
    open.push(plain);
    return plain.url.replace("http:", "https:");
  },
  timeout: async () => (await upstreamThat(hang)).url,
  reset: async () => (await upstreamThat(reset)).url,
  closed: async () => (await upstreamThat(cutOff)).url,
};

test.each(Object.keys(upstreams))("a call that gets no whole response names its cause: %s", async (cause) => {
  const url = (await upstreams[cause]?.()) ?? "";
  const limits = { BIRD_ATTEMPT_TIMEOUT_MS: "2000", BIRD_DEADLINE_MS: "2500" };
  gateway = await startProcess({ BIRD_API_URL: url, ...limits });
  const running = gateway;
  const { data } = await execute(running.url, ReadParticipantDocument, john);
  expect(data?.conversationParticipant).toMatchObject({ __typename: "UpstreamError" });
  await until(() => running.stderr().includes('"event":"requestAnswered"'));
  const lines = running
    .stderr()
    .split("\n")
    .filter((line) => line.includes('"event":"noResponse"'));
  const causes = lines.map((line) => /"cause":"(\w+)"/.exec(line)?.[1]);
  expect(new Set(causes)).toEqual(new Set([cause]));
  const metrics = await (await fetch(`${running.url}/metrics`)).text();
  const counted = new RegExp(
    `^gateway_upstream_no_response_total\\{method="GET",route="[^"]+",cause="${cause}"\\} ${lines.length}$`,
    "m",
  );
  expect(metrics).toMatch(counted);
  // A call that was not sent has no duration, so it does not count in Bird's latency.
  const wasSent = cause === "timeout" || cause === "reset" || cause === "closed";
  expect(metrics.includes("gateway_upstream_attempt_duration_seconds_count{")).toBe(wasSent);
  expect(running.stderr()).not.toContain("ENOTFOUND");
});
