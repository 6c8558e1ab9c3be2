import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { Browser, BrowserContext } from "playwright-core";
import { conversationId, john, workspaceId } from "../support/bird.ts";
import { describeInBrowser, expectText, openPage, startBrowser } from "../support/browser.ts";
import { startTestGateway, type TestGateway } from "../support/gateway.ts";
import { GraphiqlPage } from "../support/graphiql.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { until } from "../support/until.ts";

const read = `query Hanging { conversationParticipant(workspaceId: "${workspaceId}", conversationId: "${conversationId}", key: "${john.key}", value: "${john.value}") { __typename } }`;
/** The deadline, long enough that only a caller who leaves ends a call. */
const patient = { BIRD_ATTEMPT_TIMEOUT_MS: "60000", BIRD_DEADLINE_MS: "60000" };

describeInBrowser("GraphiQL's requests", () => {
  /** Calls to Bird whose connection was closed: the gateway gives a call up when its caller has left. */
  let callsEnded = 0;
  /** A Bird that never answers. */
  let bird: ScriptedUpstream;
  let gateway: TestGateway;
  let browser: Browser;
  /** One profile for all tests, which keeps the code of the page: only what the page itself has saved is cleared. */
  let profile: BrowserContext;
  let graphiql: GraphiqlPage;

  beforeAll(async () => {
    browser = await startBrowser();
    bird = await startUpstream((socket) => socket.once("close", () => (callsEnded += 1)));
    gateway = await startTestGateway(bird.url, { GRAPHIQL: "on", ...patient });
    const { page } = await openPage(browser);
    profile = page.context();
    await page.close();
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
    await bird.close();
  });
  beforeEach(async () => {
    callsEnded = 0;
    bird.requests.length = 0;
    const page = await profile.newPage();
    page.setDefaultTimeout(10_000);
    graphiql = new GraphiqlPage(page);
    await graphiql.open(gateway.url);
    await graphiql.pasteHeaders({ authorization: "AccessKey sandbox" });
  });
  afterEach(async () => {
    await graphiql.page.evaluate("localStorage.clear()");
    await graphiql.page.close();
  });

  /** Runs an operation whose call reaches Bird and gets no answer. */
  async function runHanging(): Promise<void> {
    await graphiql.paste(read);
    await graphiql.page.keyboard.press("Control+Enter");
    await until(() => bird.requests.length === 1, "the call reaches Bird");
  }

  const givenUp = () => until(() => callsEnded === 1, "the gateway gives up the call");

  test("run the operation under the name that it was given a moment ago, twenty times out of twenty", async () => {
    const sent: string[] = [];
    graphiql.page.on("request", (request) => {
      if (request.url().endsWith("/graphql")) sent.push(request.postData() ?? "");
    });
    await graphiql.paste("query Name0 { kind: __typename }");
    for (let time = 0; time < 20; time++) {
      const answered = graphiql.page.waitForResponse("**/graphql");
      await graphiql.renameAndRun(`Name${time}`, `Name${time + 1}`);
      expect(await (await answered).json()).toEqual({ data: { kind: "Query" } });
      await graphiql.page.getByRole("button", { name: "Execute query" }).waitFor();
      expect(sent.at(-1)).toContain(`query Name${time + 1} `);
    }
  });

  test("run the named one of several operations", async () => {
    await graphiql.paste("query One { one: __typename } query Two { two: __typename }");
    await graphiql.page.locator(".graphiql-execute-button[aria-haspopup]").click();
    await graphiql.page.getByRole("menuitem", { name: "Two" }).click();
    await expectText(graphiql.response(), '"two"');
  });

  test("end when Stop is pressed, and the gateway gives up the call to Bird", async () => {
    await runHanging();
    await graphiql.page.getByRole("button", { name: "Stop query" }).click();
    await givenUp();
    await graphiql.page.getByRole("button", { name: "Execute query" }).waitFor();
    expect(await graphiql.response().textContent()).toBe("");
  });

  test.each<[string, () => Promise<void>]>([
    ["another tab is opened", () => graphiql.openTab("NotFound")],
    ["a new tab is added", () => graphiql.page.getByRole("button", { name: "New tab" }).click()],
    [
      "the tab is closed",
      async () => {
        await graphiql.page.locator(".graphiql-tab-active .graphiql-tab-button").focus();
        await graphiql.page.keyboard.press("Delete");
      },
    ],
  ])("end when %s, and no answer appears in the tab that is open then", async (_what, change) => {
    await runHanging();
    await change();
    await givenUp();
    await graphiql.page.getByRole("button", { name: "Execute query" }).waitFor();
    expect(await graphiql.response().textContent()).toBe("");
    await graphiql.paste("{ stillWorks: __typename }");
    await graphiql.runFor("stillWorks");
  });

  test("say that the gateway is down, without a stack", async () => {
    await graphiql.page.route("**/graphql", (route) => route.abort("connectionrefused"));
    await graphiql.runFor(`The gateway at ${gateway.url} cannot be reached. Is it running?`);
    expect(await graphiql.response().textContent()).not.toMatch(/stack|TypeError/);
  });

  test.each([
    [
      "an HTML page",
      { status: 502, contentType: "text/html", body: "<html>Bad Gateway</html>" },
      "502 Bad Gateway (text/html)",
    ],
    ["an empty page", { status: 504, body: "" }, "504 Gateway Timeout"],
    [
      "JSON that is no answer",
      { status: 200, contentType: "application/json", body: "3" },
      "200 OK (application/json)",
    ],
  ])("say what a proxy has sent in place of an answer: %s", async (_what, answer, line) => {
    await graphiql.page.route("**/graphql", (route) => route.fulfill(answer));
    await graphiql.runFor(`What answered is not a GraphQL server: ${line}`);
    expect(await graphiql.response().textContent()).not.toMatch(/Unexpected|stack/);
  });

  test("say that a header cannot be sent", async () => {
    await graphiql.pasteHeaders({ authorization: "AccessKey 🐦" });
    await graphiql.runFor(
      "Request not sent. The headers contain a name or a value that HTTP does not allow.",
    );
    expect(bird.requests).toEqual([]);
  });
});
