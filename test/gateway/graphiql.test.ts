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

  describe("is shown to a browser", () => {
    const chromium =
      "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8";
    const open = (path: string, headers: Record<string, string> = { accept: chromium }) =>
      fetch(gateway.url + path, { redirect: "manual", headers });

    test.each(["/graphql", "/graphql/", "/graphql?query={__typename}"])("that opens %s", async (path) => {
      await start({ GRAPHIQL: "on" });
      const answer = await open(path);
      expect([answer.status, answer.headers.get("location")]).toEqual([303, "/graphiql"]);
    });

    test("that opens /graphiql/", async () => {
      await start({ GRAPHIQL: "on" });
      const answer = await open("/graphiql/");
      expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
    });

    test.each<[string, Record<string, string>, number]>([
      ["curl", { accept: "*/*" }, 400],
      ["a page's fetch", { accept: "application/json, text/html;q=0.5" }, 400],
      ["a program with a key", { accept: chromium, authorization: "AccessKey any" }, 200],
    ])("but not to %s", async (_what, headers, status) => {
      await start({ GRAPHIQL: "on" });
      expect((await open("/graphql?query={__typename}", headers)).status).toBe(status);
    });

    test("only where it is on", async () => {
      await start({ GRAPHIQL: "off" });
      expect((await open("/graphql")).status).toBe(400);
      expect((await open("/graphiql/")).status).toBe(404);
    });
  });

  test("has assets that caches may keep, and no other files", async () => {
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
