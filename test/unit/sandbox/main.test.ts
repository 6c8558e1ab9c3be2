// The sandbox as a process of its own. Runs the build: `npm test` makes it first.
import { afterEach, describe, expect, test } from "@jest/globals";
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../../dist/sandbox/main.js", import.meta.url));
const running = new Set<ChildProcessWithoutNullStreams>();

afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  running.clear();
});

function start(...flags: string[]): ChildProcessWithoutNullStreams {
  if (!existsSync(main)) throw new Error("There is no build: npm run build");
  const child = spawn(process.execPath, [main, ...flags]);
  running.add(child);
  return child;
}

async function firstOutput(child: ChildProcessWithoutNullStreams): Promise<string> {
  const args: unknown[] = await once(child.stdout, "data");
  return String(args[0]);
}

async function exitCode(child: ChildProcessWithoutNullStreams): Promise<unknown> {
  const args: unknown[] = await once(child, "exit");
  return args[0];
}

describe("npm run sandbox", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "prints its URL and a curl that works, and exits 0 on %s",
    async (signal) => {
      const child = start("--port", "0", "--host", "127.0.0.1", "--reads-per-second", "1");
      const output = await firstOutput(child);
      expect(output).toMatch(/^.*listening.* http:\/\/127\.0\.0\.1:\d+$/m);
      const [, key = "", url = ""] = /curl -H "Authorization: (.*)" "(.*)"/.exec(output) ?? [];
      const calls = Array.from({ length: 20 }, () => fetch(url, { headers: { authorization: key } }));
      const statuses = new Set((await Promise.all(calls)).map(({ status }) => status));
      expect(statuses).toStrictEqual(new Set([200, 429]));
      const exit = exitCode(child);
      child.kill(signal);
      expect(await exit).toBe(0);
    },
  );

  test("says in one line that the port is in use, and exits 1", async () => {
    const [, port = ""] = /:(\d+)$/m.exec(await firstOutput(start("--port", "0"))) ?? [];
    const second = start("--port", port);
    const [errors, code] = await Promise.all([text(second.stderr), exitCode(second)]);
    expect(errors).toMatch(new RegExp(`^.*in use.*:${port}\\n$`));
    expect(code).toBe(1);
  });

  test.each(["--port=http", "--port=", "--port=70000", "--bogus", "--writes-per-second=0"])(
    "says in one line what is wrong with %s, and exits 1",
    async (flag) => {
      const child = start(flag);
      const [errors, code] = await Promise.all([text(child.stderr), exitCode(child)]);
      expect(errors).toMatch(/^The sandbox did not start: .*\n$/);
      expect(code).toBe(1);
    },
  );
});
