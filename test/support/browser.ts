// A real browser for tests: Debian's Chromium, headless, with a profile of its own.
import { existsSync } from "node:fs";
import { describe, test } from "@jest/globals";
import { chromium, type Browser, type BrowserContextOptions, type Locator, type Page } from "playwright-core";

/** Where Chromium is on this machine, if it is. */
const chromiumPath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(
  (path) => existsSync(path),
);

/** What to do where it is not. */
const howToGetChromium = "The browser tests need Chromium. On Debian and Ubuntu: apt-get install chromium";

export async function startBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(howToGetChromium);
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export type WatchedPage = {
  page: Page;
  /** Every error of the page or its console so far, violations of its policy included. */
  errors: string[];
  /** Every host that was asked for something. */
  hosts: Set<string>;
};

/** A page of a fresh profile, and everything it complains about. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  const errors: string[] = [];
  const hosts = new Set<string>();
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} ${message.location().url}`);
  });
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http")) hosts.add(url.host);
  });
  return { page, errors, hosts };
}

/**
 * A suite that needs Chromium. Without it one test says how to get it, and fails in CI: a suite that is skipped in
 * silence looks like one that passed.
 */
export function describeInBrowser(name: string, suite: () => void): void {
  if (chromiumPath !== undefined) {
    describe(name, suite);
    return;
  }
  test(`${name}: not tried. ${howToGetChromium}`, () => {
    process.stderr.write(`${howToGetChromium}\n`);
    if (process.env["CI"] === "true") throw new Error(howToGetChromium);
  });
}

/** Waits until an element says something. Monaco writes its spaces as no-break spaces. */
export async function expectText(element: Locator, expected: string): Promise<void> {
  const words = expected.split(" ").map((word) => word.replace(/[^\w]/g, "\\$&"));
  try {
    await element.filter({ hasText: new RegExp(words.join("\\s+")) }).waitFor();
  } catch {
    throw new Error(`"${expected}" is not in: ${(await element.allTextContents()).join("\n")}`);
  }
}

/** Where a picture of the documents goes: only `npm run screenshots` writes them, so that tests leave no trace. */
export function screenshotTo(name: string): { path?: string } {
  if (process.env["SCREENSHOTS"] !== "write") return {};
  return { path: new URL(`../../docs/images/${name}`, import.meta.url).pathname };
}
