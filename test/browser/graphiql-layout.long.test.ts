import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { readConfig } from "../../src/config/config.ts";
import { startGateway, type Gateway } from "../../src/gateway.ts";
import { describeInBrowser, expectText, openPage, screenshotTo, startBrowser } from "../support/browser.ts";
import { GraphiqlPage } from "../support/graphiql.ts";

const sizes = [
  { width: 1360, height: 765 },
  { width: 800, height: 700 },
  { width: 390, height: 844 },
];
const pictures = sizes.flatMap((size) =>
  (["light", "dark"] as const).map((scheme) => [size.width, scheme, size] as const),
);

describeInBrowser("GraphiQL's looks", () => {
  let gateway: Gateway;
  let browser: Browser;

  beforeAll(async () => {
    gateway = await startGateway(readConfig({ PORT: "0" }));
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  async function open(viewport = sizes[0], colorScheme: "light" | "dark" = "light"): Promise<GraphiqlPage> {
    const { page } = await openPage(browser, { colorScheme, viewport: viewport ?? null });
    const graphiql = new GraphiqlPage(page);
    await graphiql.open(gateway.url);
    return graphiql;
  }

  test.each(pictures)(
    "fit %d px, %s: nothing is cut off or lies over another",
    async (width, scheme, size) => {
      const graphiql = await open(size, scheme);
      const { page } = graphiql;
      await graphiql.runFor("John Doe");
      await page.evaluate("document.fonts.ready");
      const image = await page.screenshot(screenshotTo(`graphiql-${width}-${scheme}.png`));
      expect(image.length).toBeLessThan(200_000);
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      for (const part of [".notice", ".graphiql-container"])
        expect(await brightnessOf(page, part)).toBe(scheme);
      const [notice, query, response] = await boxesOf(
        page,
        ".notice",
        ".graphiql-query-editor",
        ".graphiql-response",
      );
      // One line of text, or two on a telephone.
      expect(notice?.height).toBeLessThan(width < 700 ? 64 : 45);
      for (const editor of [query, response]) {
        expect(editor?.width).toBeGreaterThan(280);
        expect(editor?.height).toBeGreaterThan(180);
      }
      await page.context().close();
    },
  );

  test.each([800, 390])("show a readable Explorer at %d px", async (width) => {
    const graphiql = await open(sizes.find((size) => size.width === width));
    await graphiql.page.getByRole("button", { name: "Show GraphiQL Explorer" }).click();
    await graphiql.page.locator(".graphiql-plugin input").first().waitFor();
    const [explorer] = await boxesOf(graphiql.page, ".graphiql-plugin");
    expect(explorer?.width).toBeGreaterThan(300);
    const cut = `[...document.querySelectorAll(".graphiql-plugin, .graphiql-plugin *")].filter((element) => element.scrollLeft > 0).length`;
    expect(await graphiql.page.evaluate(cut)).toBe(0);
    await graphiql.page.context().close();
  });

  test("leave every tab clickable after scrolling", async () => {
    const graphiql = await open();
    const { page } = graphiql;
    await graphiql.openTab("Conflict");
    await expectText(graphiql.queryEditor(), "mutation Conflict");
    await graphiql.queryEditor().click();
    await page.keyboard.press("Control+End");
    await graphiql.queryEditor().getByText("upstreamReason").waitFor();
    const [label] = await boxesOf(page, ".graphiql-tab-button");
    if (label === undefined) throw new Error("there is no tab");
    const middle = label.y + label.height / 2;
    for (let x = label.x + 2; x < label.x + label.width; x += 4) {
      const hit = `document.elementFromPoint(${x}, ${middle}).className`;
      expect(await page.evaluate(hit)).toContain("graphiql-tab-button");
    }
    await page.context().close();
  });

  async function boxesOf(page: Page, ...selectors: string[]) {
    return Promise.all(
      selectors.map(async (selector) => (await page.locator(selector).first().boundingBox()) ?? undefined),
    );
  }

  /** Whether a part of the page has a light or a dark background. */
  async function brightnessOf(page: Page, selector: string): Promise<string> {
    const script = `getComputedStyle(document.querySelector(${JSON.stringify(selector)})).backgroundColor`;
    const color = await page.evaluate<string>(script);
    const channels = [...color.matchAll(/\d+/g)].slice(0, 3).map(Number);
    return Math.max(...channels) < 128 ? "dark" : "light";
  }
});

describeInBrowser("GraphiQL by keyboard", () => {
  let gateway: Gateway;
  let browser: Browser;
  let graphiql: GraphiqlPage;
  let page: Page;

  beforeAll(async () => {
    gateway = await startGateway(readConfig({ PORT: "0" }));
    browser = await startBrowser();
    ({ page } = await openPage(browser, { viewport: { width: 800, height: 700 } }));
    graphiql = new GraphiqlPage(page);
    await graphiql.open(gateway.url);
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
  });

  const press = (...keys: string[]) =>
    keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
  const openTitle = () =>
    page.locator('[role="tab"][aria-selected="true"] .graphiql-tab-button').textContent();

  test("reaches the query editor with its first key, and runs it", async () => {
    await press("Tab");
    expect(await graphiql.focused()).toBe("Skip to the query editor");
    await press("Enter", "Control+Enter");
    await expectText(graphiql.response(), "John Doe");
  });

  test("leaves the editor with Escape, and goes on from there", async () => {
    await press("Escape", "Tab");
    expect(await graphiql.focused()).toContain("Execute query");
  });

  test("passes at most nine stops before the editor, and all tabs are one of them", async () => {
    await page.reload();
    await page.waitForSelector(".graphiql-query-editor .view-line");
    const stops: string[] = [];
    do {
      await press("Tab");
      stops.push(await graphiql.focused());
    } while (stops.at(-1) !== "graphiql-editor" && stops.length < 30);
    expect(stops.length - 1).toBeLessThanOrEqual(9);
    expect(stops).not.toContain("Clear saved queries…");
  });

  test("changes the tab with arrow keys, Home and End, and closes it with Delete", async () => {
    await page.locator(".graphiql-tab-button").first().focus();
    await press("ArrowRight");
    expect(await openTitle()).toBe("UpdateStatus");
    await press("End");
    expect(await openTitle()).toBe("UnknownOutcome");
    await press("ArrowRight");
    expect(await openTitle()).toBe("GetParticipant");
    await press("ArrowLeft", "Delete");
    expect(await page.locator(".graphiql-tabs").getByText("UnknownOutcome").count()).toBe(0);
    await page.locator(".graphiql-tab-button").last().focus();
    await press("Home");
    expect(await openTitle()).toBe("GetParticipant");
  });

  test("keeps the focus where it is when the Explorer opens, and when the tab changes beside it", async () => {
    await page.getByRole("button", { name: "Show GraphiQL Explorer" }).focus();
    await press("Enter");
    await page.locator(".graphiql-plugin input").first().waitFor();
    expect(await graphiql.focused()).toBe("Hide GraphiQL Explorer");
    await page.locator(".graphiql-tab-button").first().focus();
    await press("ArrowRight");
    await page.locator('.graphiql-plugin input[value="UpdateStatus"]').waitFor();
    expect(await page.evaluate("document.activeElement.textContent")).toBe("UpdateStatus");
  });

  test("can still enter the Explorer", async () => {
    await page.locator(".graphiql-plugin input").first().click();
    expect(await page.evaluate("document.activeElement.matches('.graphiql-plugin input')")).toBe(true);
  });

  test("asks before it clears what the browser has saved, and Cancel comes first", async () => {
    await page.getByRole("button", { name: "Clear saved queries…" }).focus();
    await press("Enter");
    await page.getByRole("dialog", { name: "Clear saved queries?" }).waitFor();
    expect(await graphiql.focused()).toBe("Cancel");
    await press("Enter");
    expect(await page.getByRole("dialog").count()).toBe(0);
    expect(await page.evaluate("JSON.stringify(localStorage)")).toContain("tabState");
  });
});
