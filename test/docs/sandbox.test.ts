import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parseFault } from "../../src/sandbox/fault-spec.ts";
import { conversationId, workspaceId } from "../support/bird.ts";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import { blocksOf, code, readDocument, tableOf } from "../support/markdown.ts";
import { listeningUrl, runProcess, start } from "../support/process.ts";

const document = readDocument("docs/sandbox.md");
const blocks = blocksOf(document);
const commands = blocks
  .filter(({ language }) => language === "sh")
  .flatMap(({ text }) => text.trim().split("\n"));

describe("docs/sandbox.md", () => {
  let gateway: SandboxedGateway;

  beforeAll(async () => {
    gateway = await startSandboxedGateway();
  });
  afterAll(() => gateway.close());

  test.each(commands.filter((command) => command.startsWith("npm ")))("starts with %s", async (command) => {
    // The documents' ports may be taken.
    const [, ...args] = command.replace("--port 5000", "--port 0").split(" ");
    const withPort = args.includes("--") ? args : [...args, "--", "--port", "0"];
    const sandbox = start({ command: "npm", args: withPort });
    const response = await fetch(`${await listeningUrl(sandbox)}/workspaces`);
    expect(response.status).toBe(401);
    await sandbox.stop();
  });

  test("has curl commands that print the documented answers, in order", async () => {
    const statuses: string[] = [];
    for (const curl of commands.filter((command) => command.startsWith("curl "))) {
      const command = curl
        .replaceAll("http://127.0.0.1:4010", gateway.sandbox.url)
        .replace(/^curl (-i )?/, "curl --silent --output /dev/null --write-out '%{http_code}' ");
      statuses.push((await runProcess({}, "bash", ["-c", command])).stdout);
    }
    expect(statuses).toEqual(["503", "502", "204", "204"]);
  });

  test("shows a query that gets the fault it asks for", async () => {
    const [query] = blocks.filter(({ language }) => language === "graphql");
    const response = await fetch(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "AccessKey sandbox" },
      body: JSON.stringify({ query: query?.text }),
    });
    expect(await response.json()).toEqual({
      data: { conversationParticipant: { __typename: "RateLimitedError" } },
    });
  });

  test("lists all participants with their identifiers", async () => {
    const people = tableOf(document, "name", "type", "status", "identifier key", "identifier value");
    expect(people.length).toBeGreaterThan(10);
    const list = `${gateway.sandbox.url}/workspaces/${workspaceId}/conversations/${conversationId}/participants`;
    for (const { name, type, status, ...identifier } of people) {
      const key = code(identifier["identifier key"]);
      const value = code(identifier["identifier value"]);
      if (value.startsWith("any fault")) continue;
      const path = key === "only by ID" ? value : `${key}/${encodeURIComponent(value)}`;
      const response = await fetch(`${list}/${path}`, { headers: { authorization: "AccessKey sandbox" } });
      const found: unknown = await response.json();
      expect(found).toMatchObject({ type, ...(status !== "none" && { status }) });
      if (name !== "(no name)") expect(found).toMatchObject({ displayName: name });
      if (status === "none") expect(found).not.toHaveProperty("status");
    }
  });

  test("lists the words of a fault, and no others", () => {
    const words = tableOf(document, "word", "does").map((row) => code(row["word"]));
    const [, known = ""] = /use (.*)\.$/.exec(messageOf(() => parseFault("unknown"))) ?? [];
    const withoutValue = (word: string) => word.replace(/=.*/, "");
    expect(words.map(withoutValue).sort()).toEqual(known.split(", ").map(withoutValue).sort());
  });
});

function messageOf(throws: () => unknown): string {
  try {
    throws();
  } catch (error) {
    return String(error);
  }
  throw new Error("nothing was thrown");
}
