// GraphiQL in a browser, handled as a user handles it.
import type { Locator, Page } from "playwright-core";
import { expectText } from "./browser.ts";

export class GraphiqlPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async open(url: string): Promise<void> {
    await this.page.goto(`${url}/graphiql`);
    await this.page.waitForSelector(".graphiql-query-editor .view-line");
  }

  tab(title: string): Locator {
    return this.page.getByRole("tab", { name: title, exact: true });
  }

  async openTab(title: string): Promise<void> {
    await this.tab(title).click();
  }

  headers(): Locator {
    return this.page.locator('[aria-label="Headers"] .monaco-editor').last().locator(".view-lines");
  }

  response(): Locator {
    return this.page.locator(".graphiql-response .view-lines");
  }

  queryEditor(): Locator {
    return this.page.locator(".graphiql-query-editor .view-lines");
  }

  async paste(query: string): Promise<void> {
    await this.#replaceBy(this.queryEditor(), query);
  }

  async pasteHeaders(headers: object): Promise<void> {
    await this.#replaceBy(this.headers(), JSON.stringify(headers));
  }

  /** Pastes, because the editor closes brackets and quotes that are typed. */
  async #replaceBy(editor: Locator, text: string): Promise<void> {
    await editor.click();
    await this.page.keyboard.press("Control+A");
    await this.page.evaluate(`{
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", ${JSON.stringify(text)});
      const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
      document.activeElement.dispatchEvent(paste);
    }`);
    await expectText(editor, text);
  }

  /**
   * Renames the operation of the query editor and runs it, in one task of the page: no time passes in between, so GraphiQL
   * cannot have read the new name yet.
   */
  async renameAndRun(name: string, newName: string): Promise<void> {
    await this.queryEditor().getByText(name, { exact: true }).dblclick();
    await this.page.evaluate(`{
      document.execCommand("insertText", false, ${JSON.stringify(newName)});
      const key = { key: "Enter", code: "Enter", keyCode: 13, ctrlKey: true, bubbles: true, cancelable: true };
      document.activeElement.dispatchEvent(new KeyboardEvent("keydown", key));
    }`);
  }

  /** Runs the open tab by keyboard. */
  async run(): Promise<void> {
    await this.queryEditor().click();
    await this.page.keyboard.press("Control+Enter");
  }

  /** Runs the open tab by keyboard, and waits until the answer contains this text. */
  async runFor(expected: string): Promise<void> {
    await this.run();
    await expectText(this.response(), expected);
  }

  /** The name of the focused element, or its class where it has no name. */
  focused(): Promise<string> {
    return this.page.evaluate<string>(
      "document.activeElement.getAttribute('aria-label') ?? (document.activeElement.matches('button') ? document.activeElement.textContent : document.activeElement.className)",
    );
  }
}
