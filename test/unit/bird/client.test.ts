import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { AccessKey } from "../../../src/bird/access-key.ts";
import { decodeAddress, type ParticipantAddress } from "../../../src/bird/address.ts";
import { createBirdClient, type Bird } from "../../../src/bird/client.ts";
import { Operation } from "../../../src/operation/operation.ts";
import { createTransport, type Transport } from "../../../src/transport/transport.ts";
import { aParticipant, john } from "../../support/bird.ts";
import { freePort } from "../../support/listen.ts";
import { startUpstream, type ScriptedUpstream } from "../../support/scripted-upstream.ts";
import { answer, close, html, json } from "../../support/steps.ts";

const quotas = { readsPerSecond: 1000, writesPerSecond: 1000 };
const address = checked(john);
const key = accessKey("canary");

let upstream: ScriptedUpstream;
let transport: Transport;
let bird: Bird;
let operation: Operation;

beforeAll(async () => {
  upstream = await startUpstream();
  operation = new Operation({ deadlineMs: 600_000 });
});

afterAll(async () => {
  operation.close();
  await upstream.close();
});

beforeEach(() => {
  // Each test has a new transport, since a transport keeps the state of its circuit.
  transport = createTransport({
    baseUrl: new URL(upstream.url),
    attemptTimeoutMs: 3000,
    maxConnections: 64,
    quotas,
    holdsKeys: false,
  });
  bird = createBirdClient(transport).for(key, operation);
  upstream.requests.length = 0;
  upstream.always(json(200, aParticipant));
});

afterEach(() => transport.close());

function checked(input: typeof john): ParticipantAddress {
  const decoded = decodeAddress(input);
  if (!decoded.ok) throw new Error("not an address");
  return decoded.value;
}

function accessKey(text: string): AccessKey {
  const parsed = AccessKey.parse(text);
  if (parsed === null) throw new Error("no key");
  return parsed;
}

function read(of = address) {
  return bird.getParticipant(of);
}

function update(status: "PENDING" | "INVITED" | "ACTIVE" | null) {
  return bird.updateParticipant(address, status);
}

describe("a read", () => {
  test("is the documents' request", async () => {
    await read();
    expect(upstream.requests).toMatchObject([
      {
        method: "GET",
        path: "/workspaces/a1405560-c8d3-4b1a-877d-3f449ad95352/conversations/02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418/participants/emailaddress/john.doe%40bird.com",
        headers: { authorization: "AccessKey canary", accept: "application/json" },
        body: "",
      },
    ]);
  });

  test("puts key and value into one encoded segment each", async () => {
    await read(checked({ ...john, key: "a/b?c", value: "urn:mbid:c=#% +é" }));
    expect(upstream.requests[0]?.path).toMatch(
      /\/participants\/a%2Fb%3Fc\/urn%3Ambid%3Ac%3D%23%25%20%2B%C3%A9$/,
    );
  });

  test("gives the participant", async () => {
    expect(await read()).toMatchObject({ ok: true, value: { id: aParticipant.id, status: "ACTIVE" } });
  });

  test("takes a 409 for a bad response, since a read cannot be in conflict", async () => {
    upstream.always(json(409, { code: "Conflict", message: "?" }));
    expect(await read()).toMatchObject({ ok: false, failure: { kind: "upstream", reason: "BAD_RESPONSE" } });
  });
});

describe("an update", () => {
  test.each([
    ["PENDING", '{"status":"pending"}'],
    ["INVITED", '{"status":"invited"}'],
    ["ACTIVE", '{"status":"active"}'],
    [null, '{"status":null}'],
  ] as const)("to %s sends %s", async (status, body) => {
    await update(status);
    expect(upstream.requests).toMatchObject([
      {
        method: "PATCH",
        body,
        headers: { "content-type": "application/json", authorization: "AccessKey canary" },
      },
    ]);
  });
});

describe("a failure", () => {
  const said = { code: "SomethingElse", message: "In Bird's words.", details: { a: ["b"] } };

  test.each([
    [401, "accessDenied", "Unauthenticated"],
    [403, "accessDenied", "Forbidden"],
    [404, "notFound", "NotFound"],
    [409, "conflict", "Conflict"],
    [400, "validation", "ValidationFailed"],
    [422, "validation", "ValidationFailed"],
    [429, "rateLimited", "TooManyRequests"],
    [500, "upstream", "Unavailable"],
    [503, "upstream", "Unavailable"],
  ])("of status %d is %s, in Bird's words where it has some", async (status, kind, ownCode) => {
    upstream.always(json(status, said));
    expect(await update("ACTIVE")).toMatchObject({ ok: false, failure: { kind, ...said } });
    upstream.always(answer(status));
    expect(await update("ACTIVE")).toMatchObject({
      ok: false,
      failure: { kind, code: ownCode, details: null },
    });
  });

  test.each([401, 403, 429, 500])("of status %d counts although the body is HTML", async (status) => {
    upstream.always(html(status));
    const answered = await update("ACTIVE");
    expect(answered).not.toMatchObject({ failure: { code: "BadResponse" } });
    expect(JSON.stringify(answered)).not.toContain("html");
  });

  test.each([400, 404, 409, 422])("of status %d with an HTML body is a bad response", async (status) => {
    upstream.always(html(status));
    expect(await update("ACTIVE")).toMatchObject({ failure: { kind: "upstream", code: "BadResponse" } });
  });

  test.each([201, 204, 302, 402, 405, 410, 415])("of status %d is a bad response", async (status) => {
    upstream.always(json(status, aParticipant));
    expect(await update("ACTIVE")).toMatchObject({ failure: { kind: "upstream", code: "BadResponse" } });
  });

  test.each([402, 405, 410, 413, 451, 600])("of status %d tells why, where the body does", async (status) => {
    upstream.always(json(status, said));
    expect(await update("ACTIVE")).toMatchObject({
      failure: { ...said, kind: "upstream", code: "BadResponse", reason: "BAD_RESPONSE", outcome: "UNKNOWN" },
    });
  });

  test.each([[""], ["null"], ["[]"], ["{"], ["{}"], ['{"id":"x"}']])(
    "of a 200 with the body %j is a bad response",
    async (body) => {
      upstream.always(answer(200, body));
      expect(await read()).toMatchObject({
        failure: { kind: "upstream", code: "BadResponse", outcome: null },
      });
    },
  );

  test("keeps Bird's messages about fields, by the field's name", async () => {
    const details = {
      ".receiver.contacts[0]": ['property "listId" is unsupported'],
      status: "is odd",
      n: [1, "x"],
      o: {},
    };
    upstream.always(json(422, { code: "InvalidPayload", message: "x", details }));
    expect(await update("ACTIVE")).toMatchObject({
      failure: {
        details,
        fieldErrors: [
          { path: "receiver.contacts[0]", messages: ['property "listId" is unsupported'] },
          { path: "status", messages: ["is odd"] },
          { path: "n", messages: ["x"] },
        ],
      },
    });
  });

  test.each([
    ["the platform API", { error: { type: "t", code: "E01001", message: "m" } }, "E01001", "m"],
    ["the MessageBird API", { errors: [{ code: 2, description: "m", parameter: null }] }, "2", "m"],
    ["nobody", { code: {}, message: [], details: "text" }, "NotFound", "Bird knows no such participant."],
    ["an empty list of errors", { errors: [] }, "NotFound", "Bird knows no such participant."],
  ])("in the shape of %s has a code and a message", async (_whose, body, code, message) => {
    upstream.always(json(404, body));
    expect(await read()).toMatchObject({ failure: { kind: "notFound", code, message } });
  });

  test("of an update that was never sent is NOT_APPLIED, and of one whose response broke off UNKNOWN", async () => {
    upstream.always(close);
    expect(await update("ACTIVE")).toMatchObject({ failure: { reason: "UNAVAILABLE", outcome: "UNKNOWN" } });
    const baseUrl = new URL(`http://127.0.0.1:${await freePort()}`);
    const refused = createTransport({
      baseUrl,
      attemptTimeoutMs: 3000,
      maxConnections: 64,
      quotas,
      holdsKeys: false,
    });
    const result = await createBirdClient(refused).for(key, operation).updateParticipant(address, "ACTIVE");
    expect(result).toMatchObject({ failure: { reason: "UNAVAILABLE", outcome: "NOT_APPLIED" } });
    await refused.close();
  });
});
