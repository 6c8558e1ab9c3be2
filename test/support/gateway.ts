// A gateway in this process, on a free port, over a sandbox whose calls are recorded.
import { readConfig, type Environment } from "../../src/config.ts";
import { startGateway } from "../../src/gateway.ts";
import {
  startSandbox,
  type Sandbox,
  type SandboxCall,
  type SandboxOptions,
} from "../../src/sandbox/sandbox.ts";

export type TestGateway = { url: string; close: () => Promise<void> };

export type SandboxedGateway = TestGateway & {
  sandbox: Sandbox;
  /** Every call that reached the sandbox, in order. */
  calls: SandboxCall[];
};

/** No test but those of the budget wants to wait for it. */
const noBudget = { BIRD_READS_PER_SECOND: "100000", BIRD_WRITES_PER_SECOND: "100000" };

/** Starts a gateway over `upstreamUrl`, configured as by these environment variables; without GraphiQL, which has to be built. */
export async function startTestGateway(
  upstreamUrl: string,
  environment: Environment = {},
): Promise<TestGateway> {
  const defaults = { PORT: "0", GRAPHIQL: "off", BIRD_API_URL: upstreamUrl, ...noBudget };
  return startGateway(readConfig({ ...defaults, ...environment }));
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
