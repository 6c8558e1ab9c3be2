// The client kit in Relay's store: a participant is identified by workspace, conversation and id.
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  commitMutation,
  createOperationDescriptor,
  Environment,
  fetchQuery,
  getRequest,
  Network,
  RecordSource,
  Store,
  type GraphQLTaggedNode,
  type Variables,
} from "relay-runtime";
import { getDataID } from "../../client/index.ts";
import { inFirst, inSecond, startClientTest, type ClientTest } from "./gateway.ts";
import Read from "./relay/__generated__/operationsReadQuery.graphql.ts";
import ReadWithoutIdentity from "./relay/__generated__/operationsReadWithoutIdentityQuery.graphql.ts";
import Update from "./relay/__generated__/operationsUpdateMutation.graphql.ts";

let gateway: ClientTest;
beforeEach(async () => {
  gateway = await startClientTest();
});
afterEach(() => gateway.close());

function createEnvironment(): Environment {
  const network = Network.create(async ({ text }, variables) => {
    const headers = { "content-type": "application/json", authorization: "AccessKey any" };
    const body = JSON.stringify({ query: text, variables });
    return (await (await gateway.fetch(gateway.url, { method: "POST", headers, body })).json()) as {
      data: Record<string, unknown>;
    };
  });
  return new Environment({ network, store: new Store(new RecordSource()), getDataID });
}

type Shown = { conversationParticipant?: { __typename: string; status?: string } | null };

/** Mounts a query as a component does: its data stay in the store, and the component shows the store's data. */
async function mount(
  environment: Environment,
  query: GraphQLTaggedNode,
  variables: Variables,
): Promise<() => Shown["conversationParticipant"]> {
  const operation = createOperationDescriptor(getRequest(query), variables);
  environment.retain(operation);
  await fetchQuery(environment, query, variables).toPromise();
  return () => (environment.lookup(operation.fragment).data as Shown | undefined)?.conversationParticipant;
}

function update(environment: Environment, variables: Variables): Promise<unknown> {
  return new Promise((resolve, reject) => {
    commitMutation(environment, { mutation: Update, variables, onCompleted: resolve, onError: reject });
  });
}

/** Relay warns in the console when two objects share a key. */
const warnings: string[] = [];
const { warn, error } = console;
beforeEach(() => {
  warnings.length = 0;
  const collect = (...words: unknown[]) => void warnings.push(words.map(String).join(" "));
  Object.assign(console, { warn: collect, error: collect });
});
afterEach(() => {
  Object.assign(console, { warn, error });
  expect(warnings).toEqual([]);
});

describe("Relay with the kit", () => {
  test("gives one contact a status in each conversation", async () => {
    const environment = createEnvironment();
    const first = await mount(environment, Read, inFirst);
    const second = await mount(environment, Read, inSecond);
    expect(first()).toMatchObject({ status: "ACTIVE" });
    expect(second()).toMatchObject({ status: "PENDING" });
    await update(environment, { input: { ...inSecond, status: "INVITED" } });
    expect(first()).toMatchObject({ status: "ACTIVE" });
    expect(second()).toMatchObject({ status: "INVITED" });
  });

  test("shows queries that do not select the identity, each with its own status", async () => {
    const environment = createEnvironment();
    const first = await mount(environment, ReadWithoutIdentity, inFirst);
    const second = await mount(environment, ReadWithoutIdentity, inSecond);
    expect(first()).toMatchObject({ status: "ACTIVE" });
    expect(second()).toMatchObject({ status: "PENDING" });
  });

  test("shows a failure, and the participant once the failure is over", async () => {
    const environment = createEnvironment();
    gateway.failure = { status: 403 };
    const first = await mount(environment, Read, inFirst);
    expect(first()).toMatchObject({ __typename: "AccessDeniedError" });
    gateway.failure = null;
    await mount(environment, Read, inFirst);
    expect(first()).toMatchObject({ __typename: "ConversationParticipant", status: "ACTIVE" });
  });
});
