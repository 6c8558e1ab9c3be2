import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { describeInBrowser, openPage, startBrowser } from "../support/browser.ts";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import { listen, type Listening } from "../support/listen.ts";

describeInBrowser("a page on another origin, in a browser", () => {
  let server: Listening;
  let origin: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await listen(createServer((_request, response) => response.end("<!doctype html>")));
    origin = server.url;
    browser = await startBrowser();
    ({ page } = await openPage(browser));
    await page.goto(origin);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  /** What a script of the page can read: the answer and its request id, or the browser's error. */
  async function ask(
    gateway: SandboxedGateway,
    { path = "/graphql", headers = {} }: { path?: string; headers?: Record<string, string> } = {},
  ): Promise<unknown> {
    const url = JSON.stringify(`${gateway.url}${path}`);
    const init = JSON.stringify({
      method: "POST",
      headers: {
        "content-type": "application/json",
        authorization: "AccessKey sandbox",
        "x-request-id": "from-afar",
        ...headers,
      },
      body: JSON.stringify({ query: "{ __typename }" }),
    });
    return page.evaluate(`fetch(${url}, ${init}).then(
      async (answer) => ({ id: answer.headers.get("x-request-id"), ...(await answer.json()) }),
      (error) => error.name,
    )`);
  }

  test("passes its preflight when CORS_ORIGINS names it", async () => {
    const gateway = await startSandboxedGateway({ CORS_ORIGINS: origin });
    expect(await ask(gateway)).toEqual({ id: "from-afar", data: { __typename: "Query" } });
    await gateway.close();
  });

  test.each<[string, Record<string, string>]>([
    [
      "Apollo Client with clientAwareness",
      { "apollographql-client-name": "inbox", "apollographql-client-version": "1.2.3" },
    ],
    [
      "OpenTelemetry",
      {
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        tracestate: "a=b",
        baggage: "a=b",
      },
    ],
    ["an error tracker", { "sentry-trace": "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1" }],
  ])("may use %s, which adds headers to every request", async (_what, headers) => {
    const gateway = await startSandboxedGateway({ CORS_ORIGINS: origin });
    expect(await ask(gateway, { headers })).toMatchObject({ data: { __typename: "Query" } });
    await gateway.close();
  });

  test("may leave a slash at the end of the address", async () => {
    const gateway = await startSandboxedGateway({ CORS_ORIGINS: origin });
    expect(await ask(gateway, { path: "/graphql/" })).toMatchObject({ data: { __typename: "Query" } });
    await gateway.close();
  });

  test("reads why its request is rejected", async () => {
    const gateway = await startSandboxedGateway({ CORS_ORIGINS: origin });
    expect(await ask(gateway, { headers: { "content-type": "application/graphql" } })).toMatchObject({
      id: "from-afar",
      errors: [{ extensions: { code: "UNSUPPORTED_MEDIA_TYPE" } }],
    });
    await gateway.close();
  });

  test("fails its preflight when CORS_ORIGINS names another origin or none", async () => {
    for (const environment of [{ CORS_ORIGINS: "http://localhost:1" }, {}]) {
      const gateway = await startSandboxedGateway(environment);
      expect(await ask(gateway)).toBe("TypeError");
      await gateway.close();
    }
  });
});
