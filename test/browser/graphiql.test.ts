import { readdirSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { readConfig } from "../../src/config/config.ts";
import { startGateway, type Gateway } from "../../src/gateway.ts";
import { pendingJohn } from "../support/bird.ts";
import { executeForData } from "../support/execute.ts";
import { startTestGateway, type TestGateway } from "../support/gateway.ts";
import { ReadParticipantDocument } from "../support/__generated__/operations.ts";
import {
  describeInBrowser,
  expectText,
  openPage,
  startBrowser,
  type WatchedPage,
} from "../support/browser.ts";

describeInBrowser("GraphiQL in a browser", () => {
  let gateway: Gateway;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    gateway = await startGateway(readConfig({ PORT: "0" }));
    browser = await startBrowser();
    watched = await openPage(browser);
    page = watched.page;
    await page.goto(gateway.url);
    await page.waitForSelector(".graphiql-query-editor .view-line");
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  const stored = () => page.evaluate<string>("JSON.stringify(localStorage)");
  const headers = () => page.locator('[aria-label="Headers"] .monaco-editor').last().locator(".view-lines");
  const openTab = (title: string) => page.getByRole("tab", { name: title, exact: true }).click();

  /** Runs the open tab with the keyboard, and waits for an answer with this text. */
  async function run(expected: string): Promise<void> {
    await page.locator(".graphiql-query-editor .view-lines").click();
    await page.keyboard.press("Control+Enter");
    await expectText(page.locator(".graphiql-response .view-lines"), expected);
  }

  test("opens from the root, and says that it is connected to the sandbox", async () => {
    expect(new URL(page.url()).pathname).toBe("/graphiql");
    expect(await page.title()).toBe("GraphiQL on the Bird sandbox");
    expect(await page.locator(".notice").textContent()).toContain("nothing here reaches Bird");
  });

  test("has a tab for each example", async () => {
    const files = readdirSync(new URL("../../examples", import.meta.url));
    expect(await page.getByRole("tab").count()).toBe(
      files.filter((name) => name.endsWith(".graphql")).length,
    );
  });

  test("shows the participant when a tab is run with the keyboard, with the sandbox's key", async () => {
    await run("John Doe");
  });

  test("shows the status change when the update is run", async () => {
    const status = async () => {
      const data = await executeForData(gateway.url, ReadParticipantDocument, pendingJohn);
      return data.conversationParticipant;
    };
    expect(await status()).toMatchObject({ status: "PENDING" });
    await openTab("UpdateStatus");
    await run('"status": "ACTIVE"');
    expect(await status()).toMatchObject({ status: "ACTIVE" });
  });

  test("has descriptions in its documentation", async () => {
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    await page.getByText("Query", { exact: true }).last().click();
    await page.getByText("Reads one participant of a conversation by an identifier").first().waitFor();
  });

  test("has the explorer and the history", async () => {
    await page.getByRole("button", { name: "Show GraphiQL Explorer" }).click();
    await page.locator(".docExplorerWrap, .graphiql-explorer-root").first().waitFor();
    await page.getByRole("button", { name: "Show History" }).click();
    await page.locator(".graphiql-history-items").getByText("UpdateStatus").first().waitFor();
  });

  test("saves operations in the browser, but no access key", async () => {
    await openTab("NotFound");
    await headers().getByText("sandbox").dblclick();
    await page.keyboard.type("pastedkey");
    await run("AccessDeniedError");
    // Tabs are saved with a delay.
    while (!(await stored()).includes('\\"activeTabIndex\\":2')) await page.waitForTimeout(50);
    expect(await stored()).toContain("nobody@example.com");
    expect(await stored()).not.toMatch(/pastedkey|AccessKey/);
  });

  test("has the sandbox's key again after a reload, also for what the history brings back", async () => {
    await page.reload();
    await page.locator(".graphiql-history-items").getByText("UpdateStatus").click();
    await expectText(headers(), '"AccessKey sandbox"');
  });

  test("deletes the saved operations on request", async () => {
    await page.getByRole("button", { name: "Clear saved queries…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Clear" }).click();
    await page.waitForLoadState("load");
    await page.waitForSelector(".graphiql-query-editor .view-line");
    expect(await stored()).not.toContain("graphiql:queries");
  });

  test("reports no error in the console, and sends no request to another host", () => {
    expect(watched.errors).toEqual([]);
    expect([...watched.hosts]).toEqual([new URL(gateway.url).host]);
  });
});

describeInBrowser("GraphiQL on the real API", () => {
  let gateway: TestGateway;
  let browser: Browser;

  beforeAll(async () => {
    gateway = await startTestGateway("https://api.bird.com", { GRAPHIQL: "on", NODE_ENV: "production" });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  test("says that mutations are real, offers no key, and knows the schema without introspection", async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(`${gateway.url}/graphiql`);
    expect(await page.title()).toBe("GraphiQL on https://api.bird.com");
    await expectText(page.locator(".notice"), "mutations change real conversations");
    await expectText(page.locator('[aria-label="Headers"]'), "<your Bird access key>");
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    await page.getByText("Mutation", { exact: true }).last().click();
    await page.getByText("Sets the status of one participant").first().waitFor();
    expect(errors).toEqual([]);
  });
});
