// Operations outside the manifest, and the manifests themselves.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { john } from "../support/bird.ts";
import { temporaryFolder, writeTemporary } from "../support/temporary.ts";
import { runProcess } from "../support/process.ts";
import { until } from "../support/until.ts";
import { codesOf, lookup, post, send, startAttacked, type Attacked } from "./attacked.ts";

type Operation = { id: string; name: string; type: string; body: string };
type ApolloManifest = { format: string; version: number; operations: Operation[] };

const read = `query Read($key: String!) { conversationParticipant(workspaceId: "${john.workspaceId}", conversationId: "${john.conversationId}", key: $key, value: "b") { ...Name } }`;
const fragment = "fragment Name on ConversationParticipant { displayName }";
const adHoc = `{ ${lookup()} }`;

let apollo: ApolloManifest;
let enforcing: Attacked;
let logging: Attacked;

beforeAll(async () => {
  const documents = readdirSync("examples")
    .filter((name) => name.endsWith(".graphql"))
    .map((name) => `examples/${name}`);
  const files = [
    ...documents.filter((name) => name.endsWith(".graphql")),
    writeTemporary(read),
    writeTemporary(fragment),
  ];
  const { stdout, stderr } = await runProcess({}, "npm", ["run", "--silent", "persist", "--", ...files]);
  if (stdout === "") throw new Error(stderr);
  apollo = JSON.parse(stdout) as ApolloManifest;
  const theGuilds = Object.fromEntries(apollo.operations.map(({ id, body }) => [id, body]));
  [enforcing, logging] = await Promise.all([
    startAttacked({ PERSISTED_OPERATIONS: "enforce", PERSISTED_OPERATIONS_FILE: writeTemporary(apollo) }),
    startAttacked({ PERSISTED_OPERATIONS: "log", PERSISTED_OPERATIONS_FILE: writeTemporary(theGuilds) }),
  ]);
});
afterAll(async () => {
  await Promise.all([enforcing.close(), logging.close()]);
});
beforeEach(() => {
  enforcing.bird.requests.length = 0;
  logging.bird.requests.length = 0;
});

function persisted(name: string): Operation {
  const operation = apollo.operations.find((candidate) => candidate.name === name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation;
}

const byHash = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
const variables = { key: "a" };
const answer = { conversationParticipant: { displayName: "John Doe" } };

describe("npm run persist", () => {
  test("writes every operation with its fragments, its name, its type and the hash of its text", () => {
    const { id, body, type } = persisted("Read");
    expect(type).toBe("query");
    expect(body).toContain("fragment Name on ConversationParticipant");
    expect(id).toBe(createHash("sha256").update(body).digest("hex"));
    const examples = readdirSync("examples")
      .filter((name) => name.endsWith(".graphql"))
      .map((name) => readFileSync(`examples/${name}`, "utf8"));
    const names = examples.flatMap((text) =>
      [...text.matchAll(/^(?:query|mutation) (\w+)/gm)].map(([, name]) => name),
    );
    expect(apollo.operations.map(({ name }) => name)).toEqual([...names, "Read"]);
  });
});

describe.each([
  ["enforce, with a manifest of Apollo's", () => enforcing],
  ["log, with a manifest of the Guild's", () => logging],
])("%s", (_mode, gateway) => {
  test.each<[string, () => object]>([
    ["its hash in Apollo's extension", () => byHash(persisted("Read").id)],
    [
      "its hash in Apollo's extension, and its text",
      () => ({ ...byHash(persisted("Read").id), query: persisted("Read").body }),
    ],
    ["its id as documentId", () => ({ documentId: persisted("Read").id })],
    [
      "its id as documentId with the name of the hash",
      () => ({ documentId: `sha256:${persisted("Read").id}` }),
    ],
    ["its text", () => ({ query: persisted("Read").body })],
  ])("executes an operation of the manifest by %s", async (_what, request) => {
    const { body } = await post(gateway(), { ...request(), variables, operationName: "Read" });
    expect(body).toEqual({ data: answer });
  });

  test("executes an operation of the manifest by its hash with GET", async () => {
    const search = new URLSearchParams({
      variables: JSON.stringify(variables),
      extensions: JSON.stringify(byHash(persisted("Read").id).extensions),
    });
    const headers = { authorization: "AccessKey any", "apollo-require-preflight": "1" };
    expect((await send(`${gateway().url}/graphql?${search.toString()}`, { headers })).body).toEqual({
      data: answer,
    });
  });

  test("rejects an id that is not in the manifest", async () => {
    const result = await post(gateway(), { documentId: "0".repeat(64) });
    expect([result.status, codesOf(result)]).toEqual([200, ["PERSISTED_QUERY_NOT_FOUND"]]);
    expect(gateway().bird.requests).toEqual([]);
  });

  test("rejects one operation's id with another's text", async () => {
    const result = await post(gateway(), { ...byHash(persisted("Read").id), query: adHoc });
    expect([result.status, codesOf(result)]).toEqual([200, ["PERSISTED_QUERY_NOT_FOUND"]]);
    expect(gateway().bird.requests).toEqual([]);
  });
});

describe("enforce", () => {
  test("rejects a hash that is not in the manifest", async () => {
    const result = await post(enforcing, byHash("0".repeat(64)));
    expect([result.status, codesOf(result)]).toEqual([200, ["PERSISTED_QUERY_NOT_FOUND"]]);
    expect(enforcing.bird.requests).toEqual([]);
  });

  test.each([
    ["an operation that is not in the manifest", { query: adHoc }],
    [
      "the same with the hash of its text",
      { ...byHash(createHash("sha256").update(adHoc).digest("hex")), query: adHoc },
    ],
    ["what differs by one space", { query: `${read} ` }],
    ["what is no GraphQL: nothing is parsed", { query: "}{" }],
    ["introspection", { query: "{ __schema { types { name } } }" }],
  ])("rejects %s", async (_what, body) => {
    const result = await post(enforcing, body);
    expect([result.status, codesOf(result)]).toEqual([400, ["OPERATION_NOT_PERSISTED"]]);
    expect(enforcing.bird.requests).toEqual([]);
  });
});

describe("log", () => {
  test("tells a client that sends a hash without a text to send texts", async () => {
    const result = await post(logging, byHash("0".repeat(64)));
    expect([result.status, codesOf(result)]).toEqual([200, ["PERSISTED_QUERY_NOT_SUPPORTED"]]);
    expect(logging.bird.requests).toEqual([]);
  });

  test("executes an operation that is not in the manifest, and logs its hash and not its text", async () => {
    const result = await post(logging, { query: adHoc });
    expect(result.body.data).toBeDefined();
    expect(logging.bird.requests).toHaveLength(1);
    const hash = createHash("sha256").update(adHoc).digest("hex");
    await until(() => logging.process.stderr().includes(`"hash":"${hash}"`), "the operation is logged");
    expect(logging.process.stderr()).toContain(`"event":"unknownOperation"`);
    expect(logging.process.stderr()).not.toContain("n0@example.com");
  });
});

describe("an unknown id", () => {
  test("has status 200 in application/json, as Apollo's clients and routers expect, and 400 in other media types", async () => {
    for (const [gateway, request] of [
      [enforcing, byHash("0".repeat(64))],
      [enforcing, { documentId: "nowhere" }],
      [logging, byHash("0".repeat(64))],
    ] as const) {
      const statuses = [];
      for (const accept of ["*/*", "application/json", "application/graphql-response+json"])
        statuses.push((await post(gateway, request, { accept })).status);
      expect(statuses).toEqual([200, 200, 400]);
    }
  });
});

describe("a router behind which a manifest is enforced", () => {
  const secret = "the-secret-of-the-router";
  const representation = {
    __typename: "ConversationParticipant",
    workspaceId: john.workspaceId,
    conversationId: john.conversationId,
  };
  const entities = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }";
  const people = (count: number, padding = "") => ({
    query: entities,
    variables: {
      r: Array.from({ length: count }, (_, index) => ({
        ...representation,
        contact: { identifierKey: "emailaddress", identifierValue: `n${index}${padding}@example.com` },
      })),
    },
  });
  let subgraph: Attacked;

  beforeAll(async () => {
    subgraph = await startAttacked({
      PERSISTED_OPERATIONS: "enforce",
      PERSISTED_OPERATIONS_FILE: writeTemporary(apollo),
      ROUTER_SECRETS: secret,
      ROUTER_MAX_REPRESENTATIONS: "1000",
      BIRD_CALLS_PER_OPERATION: "1000",
    });
  });
  afterAll(() => subgraph.close());
  beforeEach(() => {
    subgraph.bird.requests.length = 0;
  });

  const asRouter = (body: unknown, headers = {}) =>
    post(subgraph, body, { "router-authorization": secret, ...headers });

  test.each([
    ["its references", people(2), "_entities"],
    ["its schema", { query: "{ _service { sdl } }" }, "_service"],
    ["its health check", { query: "{ __typename }" }, "__typename"],
    ["its operations on other fields", { query: adHoc }, "conversationParticipant"],
  ])("is answered %s", async (_what, request, field) => {
    expect((await asRouter(request)).body).toMatchObject({ data: { [field]: expect.anything() } });
  });

  test.each([
    ["without its secret", {}],
    ["with another secret", { "router-authorization": `${secret}x` }],
    ["with an empty secret", { "router-authorization": "" }],
  ])("is no router %s", async (_what, headers) => {
    const answers = await Promise.all([
      post(subgraph, people(1), headers),
      post(subgraph, { query: "{ __typename }" }, headers),
    ]);
    expect(answers.map(codesOf)).toEqual([["OPERATION_NOT_PERSISTED"], ["OPERATION_NOT_PERSISTED"]]);
    expect(subgraph.bird.requests).toEqual([]);
  });

  test("still has limits", async () => {
    expect(codesOf(await asRouter(people(1001)))).toEqual(["TOO_MANY_REPRESENTATIONS"]);
    expect(codesOf(await asRouter({ query: `{ ${"a: __typename ".repeat(200)} }` }))).not.toEqual([]);
    expect(subgraph.bird.requests).toEqual([]);
  });

  test("may send a body for all entities it may ask for, plain and compressed; other callers may not", async () => {
    const large = people(1000, "x".repeat(500));
    expect(JSON.stringify(large).length).toBeGreaterThan(600_000);
    expect((await asRouter(large)).body).toMatchObject({ data: { _entities: { length: 1000 } } });
    const body = gzipSync(JSON.stringify(large));
    const packed = { "content-encoding": "gzip", "content-type": "application/json" };
    const send = (headers: Record<string, string>) =>
      fetch(`${subgraph.url}/graphql`, { method: "POST", headers: { ...packed, ...headers }, body });
    expect((await send({ authorization: "AccessKey any", "router-authorization": secret })).status).toBe(200);
    expect((await send({ authorization: "AccessKey any" })).status).toBe(413);
    expect((await post(subgraph, large)).status).toBe(413);
    expect((await asRouter(people(1000, "x".repeat(2000)))).status).toBe(413);
  });
});

// What `npm run persist` runs: see package.json.
describe("dist/persist.js, given invalid documents", () => {
  const persist = (...files: string[]) => runProcess({}, "node", ["dist/persist.js", ...files]);
  const other = "fragment Name on ConversationParticipant { id }";
  const latin1 = join(temporaryFolder(), "latin1.graphql");
  writeFileSync(latin1, 'query Q { a(b: "\u00e9") }', "latin1");

  test.each<[string, string[], string]>([
    ["no file", [], "Name the files"],
    ["a file that is not there", ["nowhere/*.graphql"], "nowhere/*.graphql cannot be read (ENOENT)."],
    ["no operation", [writeTemporary(fragment)], "There is no operation in"],
    [
      "two fragments of one name",
      [writeTemporary(read), writeTemporary(fragment), writeTemporary(other)],
      "The fragment Name is defined differently in",
    ],
    [
      "two operations of one name",
      [writeTemporary("query Q { a }"), writeTemporary("query Q { b }")],
      "The operation Q is defined differently in",
    ],
    ["a fragment that is nowhere", [writeTemporary(read)], "Read: There is no fragment Name."],
    ["an operation without a name", [writeTemporary("{ a }")], "has an operation without a name"],
    ["what is no GraphQL", [writeTemporary("query Q {\n  }")], ":2:3 Syntax Error"],
    ["bytes that are not UTF-8", [latin1], "latin1.graphql is not UTF-8."],
  ])("says so in one line, and exits with 1: %s", async (_what, files, problem) => {
    const { code, stdout, stderr } = await persist(...files);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr.trim().split("\n")).toEqual([expect.stringContaining(problem)]);
  });

  test("accepts a fragment that is defined twice with the same text", async () => {
    const files = [writeTemporary(read), writeTemporary(fragment), writeTemporary(` ${fragment} # again`)];
    expect((await persist(...files)).code).toBe(0);
  });
});

describe("a manifest", () => {
  test.each([
    ["is missing", "/nowhere/manifest.json", "cannot be read"],
    ["is not JSON", writeTemporary("{"), "is not JSON"],
    ["is neither Apollo's nor the Guild's", writeTemporary({ operations: [] }), "is neither"],
  ])("that %s stops the start in one clear line", async (_what, path, problem) => {
    const environment = { PORT: "0", PERSISTED_OPERATIONS: "enforce", PERSISTED_OPERATIONS_FILE: path };
    const { code, stderr } = await runProcess(environment);
    expect([code, stderr.trim().split("\n").length]).toEqual([1, 2]);
    expect(stderr).toContain(problem);
  });
});
