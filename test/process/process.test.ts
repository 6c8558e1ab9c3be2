import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "@jest/globals";
import { aParticipant, john } from "../support/bird.ts";
import { execute } from "../support/execute.ts";
import { describeInNamespaces, inNamespaces } from "../support/namespaces.ts";
import { runProcess, startProcess, type GatewayProcess } from "../support/process.ts";
import { startUpstream } from "../support/scripted-upstream.ts";
import { Hold, json } from "../support/steps.ts";
import { until } from "../support/until.ts";
import { ReadParticipantDocument } from "../support/__generated__/operations.ts";

let running: GatewayProcess | undefined;

afterEach(async () => {
  await running?.stop("SIGKILL");
  running = undefined;
});

describe("npm start", () => {
  test("says where it listens, that nothing reaches Bird, and a command to paste that answers; it stops on Ctrl-C", async () => {
    running = await startProcess({}, "npm", ["start"]);
    expect(running.stdout().match(/^.*listening.*$/gm)).toEqual([
      `bird-conversations-gateway listening on ${running.url}`,
    ]);
    expect(running.stdout()).toContain("nothing reaches Bird");
    const curl = running
      .stdout()
      .split("\n")
      .find((line) => line.startsWith("curl "));
    const { stdout } = await promisify(execFile)("sh", ["-c", `${curl ?? "false"} --silent --fail`]);
    expect(JSON.parse(stdout)).toEqual({
      data: {
        conversationParticipant: {
          __typename: "ConversationParticipant",
          displayName: "John Doe",
          status: "ACTIVE",
        },
      },
    });
    await running.stop("SIGINT");
    expect(running.stderr()).toContain('"event":"stopping","signal":"SIGINT"');
    await expect(fetch(running.url)).rejects.toThrow();
  });

  test.each([
    ["alone", {}],
    ["where no scripts run by themselves", { npm_config_ignore_scripts: "true" }],
  ])(
    "drains when SIGTERM reaches npm %s, and leaves nothing that holds the port",
    async (_what, environment) => {
      running = await startProcess(environment, "npm", ["start"]);
      running.signal("SIGTERM");
      await running.exited;
      expect(running.stderr()).toContain('"event":"stopping","signal":"SIGTERM"');
      await expect(fetch(running.url)).rejects.toThrow();
    },
  );
});

describeInNamespaces("npm start as PID 1", () => {
  test("drains when SIGTERM reaches it", async () => {
    const container = ["--pid", "--fork", "--kill-child", "--mount-proc"];
    running = await startProcess({}, "unshare", inNamespaces(container, ["npm", "start"]));
    const children = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, "utf8");
    process.kill(Number.parseInt(children, 10), "SIGTERM");
    await running.exited;
    expect(running.stderr()).toContain('"event":"stopping","signal":"SIGTERM"');
  });
});

describe("the process", () => {
  test("is the same gateway on another Bird, and passes the caller's key on as it came", async () => {
    const bird = await startUpstream(json(200, aParticipant));
    running = await startProcess({ BIRD_API_URL: bird.url, NODE_ENV: "production" });
    const { data } = await execute(running.url, ReadParticipantDocument, john, {
      authorization: "AccessKey Its.Own",
    });
    expect(data?.conversationParticipant?.__typename).toBe("ConversationParticipant");
    expect(bird.requests.map((request) => request.headers["authorization"])).toEqual(["AccessKey Its.Own"]);
    expect(running.stdout()).toContain(bird.url);
    await bird.close();
  });

  test("finishes what it has when it is told to stop, with exit code 0", async () => {
    const held = new Hold();
    const bird = await startUpstream(held.step);
    running = await startProcess({ BIRD_API_URL: bird.url });
    const answer = execute(running.url, ReadParticipantDocument, john);
    await until(() => held.waiting.length === 1);
    const stopped = running.stop("SIGTERM");
    await until(() => running?.stderr().includes('"event":"stopping"') === true);
    held.release(json(200, aParticipant));
    expect(await answer).toMatchObject({ status: 200 });
    expect(await stopped).toBe(0);
    await bird.close();
  });

  test("names everything that is wrong with its environment, and does not start", async () => {
    const { code, stdout, stderr } = await runProcess({ PORT: "http", AUTH_MODE: "none" });
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr.trim().split("\n")).toEqual([
      "The gateway does not start. In the environment:",
      expect.stringMatching(/^PORT is "http": /),
      expect.stringMatching(/^AUTH_MODE is "none": /),
    ]);
  });

  test("says so in one line when its port is taken", async () => {
    running = await startProcess();
    const { port } = new URL(running.url);
    const { code, stderr } = await runProcess({ PORT: port });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The gateway does not start: listen EADDRINUSE[^\n]*\n$/);
    expect(stderr).toContain(`PORT is ${port}`);
  });

  test("names ADMIN_PORT where that one is taken, also on a host with a name", async () => {
    running = await startProcess();
    const { port } = new URL(running.url);
    const { code, stderr } = await runProcess({ PORT: "0", ADMIN_HOST: "localhost", ADMIN_PORT: port });
    expect(code).toBe(1);
    expect(stderr).toContain(`ADMIN_PORT is ${port}, which is in use on localhost.`);
  });

  test.each(["203.0.113.7", "nowhere.invalid", "::ffff:203.0.113.7"])(
    "names HOST where nothing can listen on it: %s",
    async (host) => {
      const { code, stderr } = await runProcess({ HOST: host, PORT: "0" });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^The gateway does not start: [^\n]*\n$/);
      expect(stderr).toContain(`HOST is ${JSON.stringify(host)}`);
    },
  );
});
