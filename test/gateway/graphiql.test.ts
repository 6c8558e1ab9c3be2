import { afterEach, describe, expect, test } from "@jest/globals";
import { startTestGateway, type TestGateway } from "../support/gateway.ts";
import type { Environment } from "../../src/config/config.ts";

let gateway: TestGateway;

async function start(environment: Environment): Promise<void> {
  gateway = await startTestGateway("https://api.bird.com", environment);
}

const get = (path: string) => fetch(gateway.url + path, { redirect: "manual" });

afterEach(async () => {
  await gateway.close();
});

describe("GraphiQL", () => {
  test.each<[string, Environment]>([
    ["is", { GRAPHIQL: "on" }],
    ["is in production, when asked for,", { GRAPHIQL: "on", NODE_ENV: "production" }],
  ])(
    "%s where the root leads, under a policy that lets nothing in from elsewhere",
    async (_what, environment) => {
      await start(environment);
      const root = await get("/");
      expect([root.status, root.headers.get("location")]).toEqual([302, "/graphiql"]);
      const page = await get("/graphiql");
      expect(page.status).toBe(200);
      expect(page.headers.get("cache-control")).toBe("no-store");
      const policy = page.headers.get("content-security-policy") ?? "";
      expect(policy.split("; ")).toEqual(
        expect.arrayContaining(["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]),
      );
      expect(policy).not.toMatch(/\*|https?:|unsafe-eval/);
      expect(page.headers.get("x-content-type-options")).toBe("nosniff");
      expect(page.headers.get("referrer-policy")).toBe("no-referrer");
      const html = await page.text();
      expect(html).not.toMatch(/<script(?![^>]*\ssrc="\/graphiql\/assets\/)|__UPSTREAM__/);
    },
  );

  test("has assets that may be kept for ever, and no other files", async () => {
    await start({ GRAPHIQL: "on" });
    const html = await (await get("/graphiql")).text();
    const assets = [...html.matchAll(/(?:src|href)="(\/graphiql\/assets\/[^"]+)"/g)].map(
      ([, path = ""]) => path,
    );
    expect(assets.length).toBeGreaterThan(2);
    for (const asset of assets) {
      const answer = await get(asset);
      await answer.arrayBuffer();
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toContain("immutable");
      expect(answer.headers.get("content-type")).toMatch(/javascript|css|svg/);
    }
    for (const path of ["..%2findex.html", "..%2f..%2fmain.js", "nothing.js"]) {
      expect((await get(`/graphiql/assets/${path}`)).status).toBe(404);
    }
  });

  test.each<[string, Environment]>([
    ["turned off", { GRAPHIQL: "off" }],
    ["not asked for in production", { GRAPHIQL: "", NODE_ENV: "production" }],
  ])("is not there when it is %s, and the root leads nowhere", async (_what, environment) => {
    await start(environment);
    expect((await get("/graphiql")).status).toBe(404);
    expect((await get("/")).status).toBe(404);
  });
});
