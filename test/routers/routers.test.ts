import { randomUUID } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { symlink, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import * as events from "../../src/observability/events.ts";
import { conversationId, john, misbehaving, pendingJohn, workspaceId } from "../support/bird.ts";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import { blocksOf, readDocument } from "../support/markdown.ts";
import { temporaryFolder, writeTemporary } from "../support/temporary.ts";
import { askAsRouter, readSubgraphSdl } from "../federation/entities.ts";
import { startRouter, type Router } from "./router.ts";
import { startConversations, startMessages, type MessageOf, type RunningSubgraph } from "./subgraphs.ts";
import { composers } from "./supergraph.ts";

const secret = "the-secret-of-the-routers";
const root = new URL("../../", import.meta.url).pathname;

const people = {
  john: {
    id: "8f0b5377-2edc-4116-a8e8-6a475f245a04",
    key: "emailaddress",
    value: john.value,
    name: "John Doe",
  },
  ada: {
    id: "05bdb924-6c7b-4be3-a0bf-a1f3e76b694e",
    key: "emailaddress",
    value: "ada.okafor+orders@example.com",
    name: "Ada Okafor",
  },
  mila: {
    id: "010fc633-c78b-4820-963d-939a17ea2991",
    key: "phonenumber",
    value: "+31612345678",
    name: "Mila de Vries",
  },
};
const message = (text: string, sender: keyof typeof people, recipient: keyof typeof people): MessageOf => ({
  text,
  senderId: people[sender].id,
  recipient: people[recipient],
});
/** Twenty messages, two senders, two recipients. */
const messages = Array.from({ length: 20 }, (_, index) =>
  index % 2 === 0 ? message("Where is it?", "john", "ada") : message("On its way.", "ada", "mila"),
);
const troubledId = randomUUID();
const troubled: MessageOf[] = [
  { text: "Hello?", senderId: "..", recipient: { key: "emailaddress", value: "nobody@example.com" } },
  { text: "Hello!", senderId: randomUUID(), recipient: { key: "%2e", value: "x" } },
];

let folder: string;
let gateway: SandboxedGateway;
let neighbours: RunningSubgraph[];
const routers: Record<string, Router> = {};

beforeAll(async () => {
  folder = temporaryFolder();
  await symlink(join(root, "test/routers/node_modules"), join(folder, "node_modules"));
  gateway = await startSandboxedGateway({ NODE_ENV: "production", ROUTER_SECRETS: secret });
  const sdl = await readSubgraphSdl(gateway.url, { "router-authorization": secret });
  neighbours = [
    await startConversations(),
    await startMessages({ [conversationId]: messages, [troubledId]: troubled }),
  ];
  const subgraphs = [{ name: "participants", url: `${gateway.url}/graphql`, sdl }, ...neighbours];
  const byApollo = join(folder, "by-apollo.graphql");
  await writeFile(byApollo, composers["@apollo/composition"](subgraphs).supergraph);
  const byGuild = join(folder, "by-guild.graphql");
  await writeFile(byGuild, composers["@theguild/federation-composition"](subgraphs).supergraph);
  // Hive Gateway gets exactly the configuration of the document.
  const config = join(folder, "gateway.config.ts");
  const [snippet] = blocksOf(readDocument("docs/federation.md")).filter((block) => block.language === "ts");
  await writeFile(config, snippet?.text ?? "");
  const environment = { ROUTER_SECRET: secret };
  const [apolloGateway, hiveGateway] = await Promise.all([
    startRouter(() => ["test/routers/apollo-gateway.js", byApollo], environment),
    startHiveGateway(config),
  ]);
  Object.assign(routers, { "@apollo/gateway": apolloGateway, "Hive Gateway": hiveGateway });
});

/** Over the supergraph that the Guild's composer made. */
function startHiveGateway(config: string): Promise<Router> {
  const hive = "test/routers/node_modules/@graphql-hive/gateway/dist/bin.js";
  const supergraph = join(folder, "by-guild.graphql");
  return startRouter(
    (port) => [hive, "supergraph", supergraph, "-c", config, "-h", "127.0.0.1", "-p", String(port)],
    { ROUTER_SECRET: secret },
  );
}

afterAll(async () => {
  for (const router of Object.values(routers)) await router.close();
  for (const neighbour of neighbours) await neighbour.close();
  await gateway.close();
});

beforeEach(() => {
  gateway.calls.length = 0;
});

const conversation = (id: string) => `conversation(workspaceId: "${workspaceId}", id: "${id}")`;
const asArguments = (address: typeof john) =>
  Object.entries(address)
    .map(([name, value]) => `${name}: "${value}"`)
    .join(", ");

/** How many requests the gateway has answered. It is in this process; in production it has no public metrics. */
async function requestsAnswered(): Promise<number> {
  const metrics = await events.metrics.text();
  const counts = metrics.matchAll(/^gateway_http_request_duration_seconds_count\{.*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

describe.each(["@apollo/gateway", "Hive Gateway"])("%s", (name) => {
  const ask = (query: string, headers?: Record<string, string>) =>
    askAsRouter<Record<string, unknown>>(routers[name]?.url ?? "", query, {}, headers);

  test("answers a query that crosses all three subgraphs, in batches", async () => {
    const before = await requestsAnswered();
    const { data, errors } = await ask(`{ ${conversation(conversationId)} {
      subject
      participant(key: "${john.key}", value: "${john.value}") { ... on ConversationParticipant { displayName } }
      messages { text sender { displayName } recipient { displayName status } }
    } }`);
    expect(errors).toBeUndefined();
    const { ada, mila } = people;
    expect(data).toEqual({
      conversation: {
        subject: "An order",
        participant: { displayName: "John Doe" },
        messages: messages.map(({ text, senderId }) =>
          senderId === ada.id
            ? {
                text,
                sender: { displayName: ada.name },
                recipient: { displayName: mila.name, status: "INVITED" },
              }
            : {
                text,
                sender: { displayName: "John Doe" },
                recipient: { displayName: ada.name, status: "PENDING" },
              },
        ),
      },
    });
    // One for the field of the conversation, and one for each form of the key, or for both together.
    const answered = (await requestsAnswered()) - before;
    expect(answered).toBeGreaterThanOrEqual(2);
    expect(answered).toBeLessThanOrEqual(3);
    // The forty references cost a page of the list for each request that asks for them; two at a time share one.
    const participants = `/workspaces/${workspaceId}/conversations/${conversationId}/participants`;
    const [single, ...pages] = gateway.calls.map((call) => call.path).toSorted();
    expect(single).toBe(`${participants}/${john.key}/${encodeURIComponent(john.value)}`);
    expect(new Set(pages)).toEqual(new Set([`${participants}?limit=100`]));
    expect(pages.length).toBeLessThanOrEqual(2);
  });

  test("gives null for a missing participant, and the failure's code for the one entity that failed", async () => {
    const { data, errors = [] } = await ask(
      `{ ${conversation(troubledId)} { messages { text sender { displayName } recipient { displayName } } } }`,
    );
    const nobody = { displayName: null };
    expect(data).toEqual({
      conversation: {
        messages: troubled.map(({ text }) => ({ text, sender: nobody, recipient: nobody })),
      },
    });
    const failed = errors.map(({ path = [], extensions }) => [
      path.slice(0, 4).join("."),
      extensions?.["code"],
    ]);
    expect(failed.toSorted()).toEqual([
      ["conversation.messages.0.sender", "InvalidInput"],
      ["conversation.messages.1.recipient", "InvalidInput"],
    ]);
  });

  test("passes every member of the unions through as it is", async () => {
    const fields = `__typename
      ... on ConversationParticipant { displayName contact { identifierValue } conversation { id } }
      ... on BirdError { code message details }
      ... on ValidationError { fieldErrors { path messages } }
      ... on AccessDeniedError { accessDeniedReason }
      ... on RateLimitedError { retryAfterSeconds }
      ... on UpstreamError { upstreamReason retryable outcome }`;
    const faults = ["status=403", "status=429", "malformed", "status=422", "status=404"];
    const addresses = [...faults.map(misbehaving), { ...john, key: ".." }, john];
    const aliases = addresses.map(
      (address, index) => `a${index}: conversationParticipant(${asArguments(address)}) { ${fields} }`,
    );
    const query = `{ ${aliases.join(" ")} }`;
    const routed = await ask(query);
    const direct = await askAsRouter(gateway.url, query, {});
    expect(routed.errors).toBeUndefined();
    expect(routed.data).toEqual(direct.data);
    expect(Object.values(routed.data ?? {})).toEqual(
      [
        "AccessDeniedError",
        "RateLimitedError",
        "UpstreamError",
        "ValidationError",
        "NotFoundError",
        "ValidationError",
        "ConversationParticipant",
      ].map((__typename) => expect.objectContaining({ __typename })),
    );
  });

  const update = (status: string) => `mutation {
    updateParticipantStatus(input: { ${asArguments(pendingJohn)}, status: ${status} }) {
      __typename
      ... on ConversationParticipant { status conversation { subject } }
      ... on AccessDeniedError { accessDeniedReason }
    } }`;

  test("runs the mutation, and goes on to another subgraph from its result", async () => {
    for (const status of ["ACTIVE", "PENDING"]) {
      expect((await ask(update(status))).data).toEqual({
        updateParticipantStatus: {
          __typename: "ConversationParticipant",
          status,
          conversation: { subject: "An order" },
        },
      });
    }
    // Hive Gateway reads the participant again on its way to the other subgraph. No router updates twice.
    expect(gateway.calls.filter((call) => call.method === "PATCH")).toHaveLength(2);
  });

  test.each([
    ["AccessKey sandbox-readonly", "FORBIDDEN", 1],
    ["AccessKey nobodys", "UNAUTHENTICATED", 1],
    ["", "UNAUTHENTICATED", 0],
  ])("lets Bird decide what the caller's %j may do", async (authorization, accessDeniedReason, calls) => {
    expect((await ask(update("ACTIVE"), { authorization })).data).toEqual({
      updateParticipantStatus: { __typename: "AccessDeniedError", accessDeniedReason },
    });
    expect(gateway.calls).toHaveLength(calls);
  });

  test("shows neither the caller's key nor the secret to the other subgraphs", async () => {
    await ask(`{ ${conversation(conversationId)} { messages { text } } }`, {
      "router-authorization": secret,
    });
    expect(neighbours.flatMap((neighbour) => neighbour.credentials)).toEqual([]);
  });
});

describe("Hive Gateway", () => {
  test("may compress its requests", async () => {
    const [snippet] = blocksOf(readDocument("docs/federation.md")).filter((block) => block.language === "ts");
    const packing = snippet?.text.replace(
      "defineConfig({",
      'defineConfig({ contentEncoding: { subgraphs: ["participants"] },',
    );
    const config = join(folder, "packing.config.ts");
    await writeFile(config, packing ?? "");
    const router = await startHiveGateway(config);
    const codings: (string | undefined)[] = [];
    const noteCoding = (message: unknown) => {
      codings.push((message as { request: IncomingMessage }).request.headers["content-encoding"]);
    };
    subscribe("http.server.request.start", noteCoding);
    const { data, errors } = await askAsRouter(
      router.url,
      `{ conversationParticipant(${asArguments(john)}) { ... on ConversationParticipant { displayName } } }`,
      {},
    );
    unsubscribe("http.server.request.start", noteCoding);
    await router.close();
    expect([data, errors]).toEqual([{ conversationParticipant: { displayName: "John Doe" } }, undefined]);
    expect(codings).toContain("gzip");
  });
});

describe("Hive Gateway's demand control", () => {
  const list = (index: number) =>
    `a${index}: conversationParticipants(workspaceId: "${workspaceId}", conversationId: "${conversationId}", identifiers: [{ key: "emailaddress", value: "${john.value}" }]) { __typename }`;
  const one = (index: number) => `a${index}: conversationParticipant(${asArguments(john)}) { __typename }`;
  const ask = (field: (index: number) => string, count: number) =>
    askAsRouter(
      routers["Hive Gateway"]?.url ?? "",
      `{ ${Array.from({ length: count }, (_, index) => field(index)).join(" ")} }`,
      {},
    );

  test("prices a list of participants as a hundred reads", async () => {
    expect((await ask(list, 4)).errors).toBeUndefined();
    gateway.calls.length = 0;
    const { errors } = await ask(list, 5);
    expect(errors?.[0]?.extensions).toEqual({
      code: "COST_ESTIMATED_TOO_EXPENSIVE",
      cost: { estimated: 5500, max: 5000 },
    });
    expect(gateway.calls).toEqual([]);
  });

  test("prices one participant as one read", async () => {
    expect((await ask(one, 100)).errors).toBeUndefined();
    const { errors } = await ask(one, 500);
    expect(errors?.[0]?.extensions?.["cost"]).toEqual({ estimated: 5500, max: 5000 });
  });
});

describe("@apollo/gateway with apq: true, before a gateway with a manifest", () => {
  test.each(["log", "enforce"])("is answered as without one, in mode %s", async (mode) => {
    const manifest = writeTemporary({ "0": "query Own { __typename }" });
    const persisted = { PERSISTED_OPERATIONS: mode, PERSISTED_OPERATIONS_FILE: manifest };
    const subgraph = await startSandboxedGateway({ ...persisted, ROUTER_SECRETS: secret });
    const sdl = await readSubgraphSdl(subgraph.url, { "router-authorization": secret });
    const subgraphs = [{ name: "participants", url: `${subgraph.url}/graphql`, sdl }, ...neighbours];
    const supergraph = join(temporaryFolder(), "supergraph.graphql");
    await writeFile(supergraph, composers["@apollo/composition"](subgraphs).supergraph);
    const environment = { ROUTER_SECRET: secret, APQ: "on" };
    const router = await startRouter(() => ["test/routers/apollo-gateway.js", supergraph], environment);
    const query = `{ conversationParticipant(${asArguments(john)}) { ... on ConversationParticipant { displayName } } }`;
    for (let time = 1; time <= 2; time++)
      expect(await askAsRouter(router.url, query, {})).toMatchObject({
        data: { conversationParticipant: { displayName: "John Doe" } },
      });
    await router.close();
    await subgraph.close();
  });
});
