import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as events from "../../src/observability/events.ts";
import { post } from "../attacks/attacked.ts";
import { conversationId, workspaceId } from "../support/bird.ts";
import { startIssuer, trusting } from "../support/issuer.ts";
import { findPersonal } from "../support/nothing-personal.ts";
import { adminUrlOf, startProcess, type GatewayProcess } from "../support/process.ts";
import { writeTemporary } from "../support/temporary.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { choose, json } from "../support/steps.ts";

const planted = {
  key: "Planted.Key.5f1c",
  storedKey: "Planted.Stored.77aa",
  email: "planted.mail@nowhere.test",
  phone: "+31699999999",
  name: "Planted Person",
  code: "PlantedCode",
};

let bird: ScriptedUpstream;
let metrics = "";
let emitted = "";

const statuses = [200, 400, 401, 403, 404, 409, 422, 429, 500, 503, 302, 204];

/** A Bird that has the canaries in everything it says, with the status the conversation's last digits ask for. */
const answer = choose(({ path }) => {
  const index = Number(/conversations\/[0-9a-f-]{34}(\d\d)/.exec(path)?.[1] ?? "0");
  const { name, email, phone, key, code } = planted;
  const contact = { identifierKey: "emailaddress", identifierValue: email, platformAddress: phone };
  const body =
    statuses[index] === 200
      ? {
          id: "1",
          type: "planted-type",
          status: "planted-status",
          displayName: name,
          avatarUrl: `https://a/${email}`,
          contact,
        }
      : { code, message: `${name} ${email} ${key}`, details: { [email]: [phone] } };
  return json(statuses[index] ?? 200, body, { location: `https://a/${email}` });
});

const conversations = statuses.map(
  (_status, index) => conversationId.slice(0, -2) + String(index).padStart(2, "0"),
);
const read = `query Planted($c: ID!, $v: String!) { conversationParticipant(workspaceId: "${workspaceId}", conversationId: $c, key: "emailaddress", value: $v) { __typename ... on BirdError { code message details } ... on ConversationParticipant { displayName } } }`;
const update = `mutation Planted($c: ID!, $v: String!) { updateParticipantStatus(input: { workspaceId: "${workspaceId}", conversationId: $c, key: "phonenumber", value: $v, status: ACTIVE }) { __typename } }`;

async function ask(gateway: GatewayProcess, authorization: string): Promise<void> {
  const headers = { authorization, "x-request-id": "r-1", cookie: planted.key, "user-agent": planted.name };
  for (const c of conversations) {
    await post(gateway, { query: read, variables: { c, v: planted.email } }, headers);
    await post(gateway, { query: update, variables: { c, v: planted.phone } }, headers);
  }
  const wrong = [
    { query: read, variables: { c: planted.email, v: ".." } },
    { query: read, variables: { c: { [planted.email]: planted.phone }, v: 1 } },
    { query: `{ conversationParticipant(key: "${planted.email}") { x } }` },
    { query: `{ "${planted.email}` },
    { query: `{ ${`a: __typename @x(v: "${planted.email}") `.repeat(30)} }` },
    { query: read, variables: { c: conversationId, v: planted.email }, operationName: planted.name },
    `{"query": "${planted.email}`,
    planted.email,
  ];
  for (const body of wrong) await post(gateway, body, headers);
  await post(gateway, { query: "{ __typename }" }, { ...headers, "x-request-id": planted.email });
  await fetch(`${gateway.url}/${planted.email}?key=${planted.key}`, { headers });
  await fetch(`${gateway.url}/graphql?query=${encodeURIComponent(read)}&variables=${planted.email}`, {
    headers,
  });
  metrics += await (await fetch(`${adminUrlOf(gateway)}/metrics`)).text();
  await gateway.stop();
  emitted += gateway.stdout() + gateway.stderr();
}

let token = "";

beforeAll(async () => {
  bird = await startUpstream(answer);
  const issuer = await startIssuer([workspaceId]);
  const file = writeTemporary({ [workspaceId]: planted.storedKey });
  const manifest = writeTemporary({ "0": "{ __typename }" });
  const environment = {
    BIRD_API_URL: bird.url,
    BIRD_DEADLINE_MS: "2000",
    NODE_ENV: "production",
    ADMIN_PORT: "0",
  };
  const persisted = { PERSISTED_OPERATIONS: "log", PERSISTED_OPERATIONS_FILE: manifest };
  token = await issuer.token({ email: planted.email });
  await ask(await startProcess({ ...environment, ...persisted }), `AccessKey ${planted.key}`);
  await ask(await startProcess({ ...environment, ...trusting(issuer, file) }), `Bearer ${token}`);
  await issuer.close();
});
afterAll(() => bird.close());

describe("everything the process emits", () => {
  test("holds log lines and metrics about all that happened", () => {
    expect(bird.requests.length).toBeGreaterThan(40);
    for (const event of [
      "started",
      "requestAnswered",
      "unknownEnumValue",
      "unknownOperation",
      "operationRejected",
      "stopping",
    ])
      expect(emitted).toContain(`"event":"${event}"`);
    expect(metrics).toContain("/participants/{identifierKey}/{identifierValue}");
    expect(metrics).toContain('member="NotFoundError"');
  });

  test("is found by the search, in any encoding", () => {
    for (const text of [JSON.stringify(planted), Object.values(planted).map(encodeURIComponent).join()])
      expect(findPersonal(text, Object.values(planted))).toEqual(Object.values(planted));
  });

  test.each(Object.entries(planted))("never holds the %s", (_what, canary) => {
    expect(findPersonal(emitted + metrics, [canary])).toEqual([]);
  });

  test("never holds a token or a part of one", () => {
    expect(findPersonal(emitted + metrics, token.split("."))).toEqual([]);
  });

  test("holds no workspace or conversation in the metrics", () => {
    expect(findPersonal(metrics, [workspaceId, ...conversations])).toEqual([]);
  });
});

test("a field that must not be logged is masked, should an event ever carry it", () => {
  let log = "";
  events.openLog({ write: (line) => (log += line) });
  const slip = {
    authorization: planted.key,
    headers: planted.key,
    variables: planted.email,
    value: planted.phone,
  };
  events.started({ adminUrl: null, url: "", upstream: "", authMode: "", ...slip });
  expect(log).toContain('"authorization":"[Redacted]"');
  expect(findPersonal(log, Object.values(planted))).toEqual([]);
});
