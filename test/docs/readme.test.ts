import { existsSync, readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readConfig } from "../../src/config/config.ts";
import { rows as variables } from "../../src/config/variables.ts";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import { blocksOf, code, readDocument, tableOf } from "../support/markdown.ts";
import { runProcess, startProcess } from "../support/process.ts";

const readme = readDocument("README.md");
const blocks = blocksOf(readme);
const root = new URL("../../", import.meta.url);

let gateway: SandboxedGateway;

beforeAll(async () => {
  gateway = await startSandboxedGateway();
});
afterAll(async () => {
  await gateway.close();
});

async function run(query: string, { url }: { url: string } = gateway): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "AccessKey sandbox" },
    body: JSON.stringify({ query }),
  });
  return response.json();
}

describe("README", () => {
  test("prints the answers that its curl gets, for John and for a missing participant", async () => {
    const curl = blocks.find((block) => block.text.startsWith("curl "))?.text ?? "";
    const answers = blocks.filter((block) => block.language === "json");
    expect(answers).toHaveLength(2);
    for (const [index, value] of ["john.doe@bird.com", "nobody@example.com"].entries()) {
      const command = curl
        .replace("http://127.0.0.1:4000", gateway.url)
        .replace("john.doe@bird.com", value)
        .replace("curl ", "curl --silent ");
      expect(readme).toContain(value);
      const { code: exitCode, stdout } = await runProcess({}, "bash", ["-c", command]);
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toEqual(JSON.parse(answers[index]?.text ?? "null"));
    }
  });

  test("contains only commands that CI or this test runs", () => {
    const commands = blocks.filter((block) => block.language === "sh").map((block) => block.text.trim());
    expect(commands).toEqual([
      "npm ci && npm start",
      expect.stringMatching(/^curl /),
      "BIRD_API_URL=https://api.bird.com npm start",
      "npm ci && npm test",
    ]);
    const steps = [...readDocument(".ci/run").matchAll(/^ *step (npm .*)$/gm)].map(([, step]) => step);
    expect(steps).toEqual(expect.arrayContaining(["npm ci", "npm test"]));
  });

  test("has badges that are true", () => {
    const { engines, license } = JSON.parse(readDocument("package.json")) as Record<string, unknown> & {
      engines: { node: string };
    };
    expect(engines.node).toBe(">=20.19");
    expect(readme).toContain("![Node.js 20.19 or newer]");
    expect(readme).toContain(`![License: ${String(license)}]`);
    const [, federation] = /federation\/v([\d.]+)/.exec(readDocument("schema/federation.graphql")) ?? [];
    expect(readme).toContain(`![Apollo Federation ${federation ?? ""}]`);
  });

  test("starts on the real API with the command it names, and listens where it says by default", async () => {
    const { url, stdout, stop } = await startProcess({ BIRD_API_URL: "https://api.bird.com" }, "npm", [
      "start",
    ]);
    expect(stdout()).toContain("on the Bird API at https://api.bird.com");
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await stop();
    const { host, port } = readConfig({}).listen;
    expect(readme).toContain(`\`http://${host}:${port}\``);
  });

  test("names the variables that most people set, each with its default", () => {
    const rows = tableOf(readme, "variable", "default", "meaning");
    const known: readonly string[] = variables.map(([name]) => name);
    expect(rows).toHaveLength(5);
    expect(rows.map((row) => code(row["variable"])).filter((name) => !known.includes(name))).toEqual([]);
    const defaults = Object.fromEntries(rows.map((row) => [code(row["variable"]), code(row["default"])]));
    const stated = Object.entries(defaults).filter(
      ([, value]) => /^[\w.]+$/.test(value) && value !== "unset",
    );
    expect(stated.length).toBeGreaterThanOrEqual(3);
    expect(readConfig(Object.fromEntries(stated))).toEqual(readConfig({}));
  });

  test("names only files that exist, here and in every document", () => {
    const documents = [
      "README.md",
      "CONTRIBUTING.md",
      ...readdirSync(new URL("docs", root), { recursive: true }).map((name) => `docs/${String(name)}`),
    ];
    for (const document of documents.filter((name) => name.endsWith(".md"))) {
      const links = [...readDocument(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
        ([, link = ""]) => link,
      );
      for (const link of links) {
        expect([document, link, existsSync(new URL(link, new URL(document, root)))]).toEqual([
          document,
          link,
          true,
        ]);
      }
    }
    const paths = [...readme.matchAll(/`((?:src|docs|examples|test|schema)\/[\w./-]*)`/g)].map(
      ([, path = ""]) => path,
    );
    expect(paths.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });
});

describe("examples/", () => {
  const names = readdirSync(new URL("examples", root)).filter((name) => name.endsWith(".graphql"));

  // The first line of a failure's example names the member, and the reason or outcome it ends with.
  const examples = names.map((name) => {
    const first = readDocument(`examples/${name}`).split("\n")[0] ?? "";
    const [, member = "", detail = ""] = /^# (\w+Error)(?:[\w ]*? ([A-Z_]{3,}))?:/.exec(first) ?? [];
    return { name, member, detail };
  });

  test.each(examples)("$name ends as its first line says", async ({ name, member, detail }) => {
    // Each example has its own gateway, since a 429 delays later calls, and a shorter deadline than the default.
    const impatient = { BIRD_ATTEMPT_TIMEOUT_MS: "200", BIRD_DEADLINE_MS: "1500" };
    const ownGateway = await startSandboxedGateway(impatient);
    const answer = await run(readDocument(`examples/${name}`), ownGateway);
    await ownGateway.close();
    expect(answer).toEqual({ data: expect.anything() });
    if (member !== "") expect(JSON.stringify(answer)).toContain(`"__typename":"${member}"`);
    expect(JSON.stringify(answer)).toContain(detail);
  });

  test("show every kind of failure", () => {
    const errors = readDocument("schema/errors.graphql").matchAll(/^type (\w+) implements BirdError/gm);
    expect(new Set(examples.map(({ member }) => member).filter((member) => member !== ""))).toEqual(
      new Set([...errors].map(([, name]) => name)),
    );
  });
});
