// The sandbox as a process of its own. Runs the build: `npm test` makes it first.
import { afterEach, describe, expect, test } from "@jest/globals";
import { listeningUrl, start as startCommand, type Running } from "../support/process.ts";

const running = new Set<Running>();

afterEach(async () => {
  for (const sandbox of running) await sandbox.stop("SIGKILL");
  running.clear();
});

function start(...flags: string[]): Running {
  const sandbox = startCommand({ args: ["dist/sandbox/main.js", ...flags] });
  running.add(sandbox);
  return sandbox;
}

describe("npm run sandbox", () => {
  test.each(["SIGTERM", "SIGINT"] as const)(
    "prints its URL and a curl that works, and exits 0 on %s",
    async (signal) => {
      const sandbox = start("--port", "0", "--host", "127.0.0.1", "--reads-per-second", "1");
      await listeningUrl(sandbox);
      const output = sandbox.stdout();
      expect(output).toMatch(/^.*listening.* http:\/\/127\.0\.0\.1:\d+$/m);
      const [, key = "", url = ""] = /curl -H "Authorization: (.*)" "(.*)"/.exec(output) ?? [];
      const calls = Array.from({ length: 20 }, () => fetch(url, { headers: { authorization: key } }));
      const statuses = new Set((await Promise.all(calls)).map(({ status }) => status));
      expect(statuses).toStrictEqual(new Set([200, 429]));
      expect(await sandbox.stop(signal)).toBe(0);
    },
  );

  test("says in one line that the port is in use, and exits 1", async () => {
    const { port } = new URL(await listeningUrl(start("--port", "0")));
    const second = start("--port", port);
    expect(await second.exited).toBe(1);
    expect(second.stderr()).toMatch(new RegExp(`^.*in use.*:${port}\\n$`));
  });

  test.each(["--port=http", "--port=", "--port=70000", "--bogus", "--writes-per-second=0"])(
    "says in one line what is wrong with %s, and exits 1",
    async (flag) => {
      const sandbox = start(flag);
      expect(await sandbox.exited).toBe(1);
      expect(sandbox.stderr()).toMatch(/^The sandbox did not start: .*\n$/);
    },
  );
});
