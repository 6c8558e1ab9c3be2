import { afterEach, describe, expect, test } from "@jest/globals";
import { aParticipant, john, workspaceId } from "../support/bird.ts";
import { execute } from "../support/execute.ts";
import { ReadParticipantDocument } from "../support/__generated__/operations.ts";
import { adminUrlOf, startProcess, type GatewayProcess } from "../support/process.ts";
import { startUpstream } from "../support/scripted-upstream.ts";
import { Hold, json } from "../support/steps.ts";
import { until } from "../support/until.ts";

let gateway: GatewayProcess;
afterEach(async () => {
  await gateway.stop("SIGKILL");
});

const statusesAt = (url: string) =>
  Promise.all(
    ["/metrics", "/livez", "/readyz", "/graphiql"].map(async (path) => (await fetch(url + path)).status),
  );

describe("the admin port", () => {
  test("has metrics and probes and nothing else, and the public port has no metrics then", async () => {
    gateway = await startProcess({ ADMIN_PORT: "0", GRAPHIQL: "off" });
    expect(await statusesAt(adminUrlOf(gateway))).toEqual([200, 200, 200, 404]);
    expect(await statusesAt(gateway.url)).toEqual([404, 200, 200, 404]);
    expect(new URL(adminUrlOf(gateway)).hostname).toBe("127.0.0.1");
  });

  test("says what it has, and never that the API is there", async () => {
    gateway = await startProcess({ ADMIN_PORT: "0", GRAPHIQL: "off" });
    for (const path of ["/graphql", "/", "/nothing", "/%zz"]) {
      const answer = await fetch(adminUrlOf(gateway) + path, { headers: { "x-request-id": "mine" } });
      expect(answer.headers.get("x-request-id")).toBe("mine");
      const text = await answer.text();
      expect(text).toMatch(/The admin port answers GET for \/metrics|The request cannot be read/);
      expect(text).not.toMatch(/graphql|zz/);
    }
  });

  test("listens on ADMIN_HOST", async () => {
    gateway = await startProcess({ ADMIN_PORT: "0", ADMIN_HOST: "127.0.0.2" });
    expect(new URL(adminUrlOf(gateway)).hostname).toBe("127.0.0.2");
  });

  test("closes last: while operations finish, it reports that the gateway accepts no more", async () => {
    const bird = await startUpstream();
    const hold = new Hold();
    bird.setScript(workspaceId, { GET: [hold.step] });
    gateway = await startProcess({ ADMIN_PORT: "0", BIRD_API_URL: bird.url });
    const url = adminUrlOf(gateway);
    const answer = execute(gateway.url, ReadParticipantDocument, john);
    await until(() => hold.waiting.length === 1, "the operation is under way");
    gateway.signal("SIGTERM");
    await until(async () => (await fetch(`${url}/readyz`)).status === 503, "it is not ready any more");
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    hold.release(json(200, aParticipant));
    expect((await answer).status).toBe(200);
    expect(await gateway.exited).toBe(0);
    await bird.close();
  });
});

describe("without an admin port", () => {
  test("the public port has metrics in development", async () => {
    gateway = await startProcess({ GRAPHIQL: "off" });
    expect(await statusesAt(gateway.url)).toEqual([200, 200, 200, 404]);
  });

  test("no port has metrics in production", async () => {
    gateway = await startProcess({ NODE_ENV: "production", BIRD_API_URL: "sandbox" });
    expect(await statusesAt(gateway.url)).toEqual([404, 200, 200, 404]);
  });
});
