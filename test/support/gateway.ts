// A gateway in this process, on a free port, over a sandbox whose calls are recorded.
import { jest } from "@jest/globals";
import { readConfig, type Environment } from "../../src/config/config.ts";
import { startGateway } from "../../src/gateway.ts";
import * as events from "../../src/observability/events.ts";
import { timers } from "../../src/operation/timers.ts";
import {
  startSandbox,
  type Sandbox,
  type SandboxCall,
  type SandboxOptions,
} from "../../src/sandbox/sandbox.ts";
import { expectNothingPersonal } from "./nothing-personal.ts";
import { until } from "./until.ts";

/** All that the gateways of this test file log; searched when one of them is closed, with the metrics. */
let logged = "";
let isLogOpen = false;

function openLog(): void {
  if (isLogOpen) return;
  isLogOpen = true;
  events.openLog({ write: (line) => (logged += line) });
}

export type TestGateway = { url: string; close: () => Promise<void> };

export type SandboxedGateway = TestGateway & {
  sandbox: Sandbox;
  /** Every call that reached the sandbox, in order. */
  calls: SandboxCall[];
};

/** Only tests of the quota should wait for it. */
const noQuota = { BIRD_READS_PER_SECOND: "100000", BIRD_WRITES_PER_SECOND: "100000" };

/** Starts a gateway over `upstreamUrl`, configured as by these environment variables; without GraphiQL, which has to be built. */
export async function startTestGateway(
  upstreamUrl: string,
  environment: Environment = {},
): Promise<TestGateway> {
  openLog();
  const settings = {
    PORT: "0",
    GRAPHIQL: "off",
    DRAIN_SECONDS: "0",
    BIRD_API_URL: upstreamUrl,
    ...noQuota,
    ...environment,
  };
  const gateway = await startGateway(readConfig(settings));
  return {
    url: gateway.url,
    close: async () => {
      await gateway.close();
      expectNothingPersonal([logged, await events.metrics.text()].join("\n"));
    },
  };
}

/** The same over a sandbox of its own, without a quota unless asked for. */
export async function startSandboxedGateway(
  environment: Environment = {},
  sandboxOptions: SandboxOptions = {},
): Promise<SandboxedGateway> {
  const calls: SandboxCall[] = [];
  const sandbox = await startSandbox({
    readsPerSecond: Infinity,
    writesPerSecond: Infinity,
    onCall: (call) => calls.push(call),
    ...sandboxOptions,
  });
  const gateway = await startTestGateway(sandbox.url, environment);
  return {
    url: gateway.url,
    sandbox,
    calls,
    close: async () => {
      await gateway.close();
      await sandbox.close();
    },
  };
}

/**
 * Sends an operation to a gateway of this process, and waits until it has begun there: then it has a timer for its deadline.
 *
 * @param deadlineMs of the gateway
 * @returns what `send` returned
 */
export async function begin<Sent>(deadlineMs: number, send: () => Sent): Promise<{ sent: Sent }> {
  const schedule = jest.spyOn(timers, "schedule");
  try {
    const sent = send();
    await until(() => schedule.mock.calls.some(([ms]) => ms === deadlineMs), "the operation has begun");
    return { sent };
  } finally {
    schedule.mockRestore();
  }
}
