import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { serverAudits } from "graphql-http";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import { code, readDocument, tableOf } from "../support/markdown.ts";

const document = readDocument("docs/graphql-over-http.md");
const explained = tableOf(document, "audit", "level", "what it asks for", "why not here");

let gateway: SandboxedGateway;

beforeAll(async () => {
  gateway = await startSandboxedGateway();
});
afterAll(async () => {
  await gateway.close();
});

const audits = serverAudits({ url: () => `${gateway.url}/graphql` });

describe("GraphQL over HTTP", () => {
  test("is audited 61 times, as the document says", () => {
    expect(audits).toHaveLength(61);
    expect(document).toContain(`The ${audits.length} audits`);
  });

  test.each(audits.map(({ id, name, fn }) => ({ id, name, fn })))("$id: $name", async ({ id, name, fn }) => {
    const row = explained.find(({ audit }) => code(audit) === id);
    const result = await fn();
    if (result.status === "ok") {
      expect(row).toBeUndefined();
      return;
    }
    expect(result.status).not.toBe("error");
    expect([code(row?.["level"]), row?.["what it asks for"]]).toEqual([result.status, name]);
    expect(row?.["why not here"]).toMatch(/\w/);
  });
});
