import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page, Route } from "playwright-core";
import {
  describeInBrowser,
  expectText,
  openPage,
  screenshotTo,
  startBrowser,
  type WatchedPage,
} from "../support/browser.ts";
import { startProcess, type GatewayProcess } from "../support/process.ts";

describeInBrowser("examples/web in a browser", () => {
  let example: GatewayProcess;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    const ports = ["--port", "0", "--gateway-port", "0"];
    example = await startProcess({}, "npm", ["run", "--silent", "example:web", "--", ...ports]);
    browser = await startBrowser();
    watched = await openPage(browser, { viewport: { width: 1000, height: 640 } });
    page = watched.page;
    await page.goto(example.url);
    await page.getByRole("table").waitFor({ timeout: 30_000 });
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await example.stop();
  });

  const statusOf = (name: string) => page.getByRole("combobox", { name: `Status of ${name}` });
  const row = (text: string) => page.getByRole("row").filter({ hasText: text });
  const says = (who: string, text: string) => expectText(row(who).getByRole("alert"), text);

  test("shows who takes part, and their status", async () => {
    expect(await statusOf("John Doe").inputValue()).toBe("ACTIVE");
    expect(await statusOf("Ada Okafor").inputValue()).toBe("PENDING");
    await page.screenshot(screenshotTo("example-web.png"));
  });

  test.each([
    ["nobody@example.com", "no longer part of the conversation"],
    ["status=401", "log in again"],
    ["status=403", "You have no access"],
    ["status=422", "does not work as it is"],
    ["status=429", "Too much is going on at once"],
    ["status=503", "Bird does not answer"],
  ])("says of %s what a person wants to know: %s", async (who, text) => {
    await says(who, text);
  });

  test("shows a changed status before the answer is there, and after it", async () => {
    const held: Route[] = [];
    await page.route("**/graphql", (route) => held.push(route), { times: 1 });
    await statusOf("Ada Okafor").selectOption("ACTIVE");
    while (held.length === 0) await page.waitForTimeout(10);
    expect(await statusOf("Ada Okafor").inputValue()).toBe("ACTIVE");
    const answered = page.waitForResponse("**/graphql");
    await held[0]?.continue();
    await answered;
    await page.reload();
    await page.getByRole("table").waitFor();
    expect(await statusOf("Ada Okafor").inputValue()).toBe("ACTIVE");
  });

  test("reverts a status that Bird rejects, and offers to reload", async () => {
    await statusOf("John Doe").selectOption("INVITED");
    await says("John Doe", "not possible as things stand now");
    expect(await statusOf("John Doe").inputValue()).toBe("ACTIVE");
    // The reload looks up `status=429` again, and the gateway pauses the workspace until it has its answer.
    const reloaded = page.waitForResponse("**/graphql");
    await row("John Doe").getByRole("button", { name: "Reload" }).click();
    await row("John Doe").getByRole("alert").waitFor({ state: "detached" });
    await reloaded;
  });

  test("repeats a change on request, after the seconds that Bird asked for", async () => {
    const sandbox = /^sandbox at (\S+)$/m.exec(example.stdout())?.[1] ?? "";
    // The wait is longer than the gateway's deadline, so the gateway does not wait itself.
    const fault = { fault: "status=429;retry-after=11", method: "PATCH", times: 1 };
    const headers = { "content-type": "application/json" };
    await fetch(`${sandbox}/_sandbox/faults`, { method: "POST", headers, body: JSON.stringify(fault) });
    await statusOf("Mila de Vries").selectOption("ACTIVE");
    await says("Mila de Vries", "Too much is going on at once");
    expect(await statusOf("Mila de Vries").inputValue()).toBe("INVITED");
    const button = row("Mila de Vries").getByRole("button");
    expect(await button.textContent()).toMatch(/^Try again in \d+ s$/);
    expect(await button.isDisabled()).toBe(true);
    await button.click({ timeout: 20_000 });
    await row("Mila de Vries").getByRole("alert").waitFor({ state: "detached" });
    expect(await statusOf("Mila de Vries").inputValue()).toBe("ACTIVE");
  });

  test("reports no error in the console, and sends requests to its own server and the gateway only", () => {
    expect(watched.errors).toEqual([]);
    expect(watched.hosts.size).toBe(2);
    expect([...watched.hosts].every((host) => host.startsWith("127.0.0.1:"))).toBe(true);
  });
});
