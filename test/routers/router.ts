// A router as a process of its own, which is ready when it answers.
import { freePort } from "../support/listen.ts";
import { start } from "../support/process.ts";
import { until } from "../support/until.ts";

export type Router = { url: string; close: () => Promise<void> };

/** @param argumentsFor the arguments to node for a port: routers do not say which one they took when they are given 0 */
export async function startRouter(
  argumentsFor: (port: number) => string[],
  environment: Record<string, string>,
): Promise<Router> {
  const port = await freePort();
  const args = argumentsFor(port);
  const router = start({ args, environment: { ...environment, PORT: String(port) } });
  const url = `http://127.0.0.1:${port}`;
  await until(async () => {
    if (router.child.exitCode !== null) throw new Error(`the router exited: ${router.stderr()}`);
    return answers(url);
  }, "the router answers");
  return {
    url,
    close: async () => {
      await router.stop("SIGKILL");
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ __typename }" }),
    });
    await response.text();
    return response.ok;
  } catch {
    return false;
  }
}
