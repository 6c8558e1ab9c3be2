// A router as a process of its own, which is ready when it answers.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

const root = new URL("../../", import.meta.url).pathname;

export type Router = { url: string; close: () => Promise<void> };

/** @param argumentsFor the arguments to node for a port */
export async function startRouter(
  argumentsFor: (port: number) => string[],
  environment: Record<string, string>,
): Promise<Router> {
  const port = await freePort();
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, argumentsFor(port), {
    cwd: root,
    env: { PATH, HOME, ...environment, PORT: String(port) },
  });
  let written = "";
  const exited = once(child, "close");
  child.stdout.on("data", (chunk: Buffer) => (written += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (written += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`the router exited: ${written}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    url,
    close: async () => {
      child.kill("SIGKILL");
      await exited;
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

/** A port that was free a moment ago: routers do not say which one they took when they are given 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
