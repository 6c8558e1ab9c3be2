// Forged and invalid tokens, and valid tokens without the required rights.
import { writeFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { conversationId, workspaceId } from "../support/bird.ts";
import { startIssuer, trusting, type Issuer } from "../support/issuer.ts";
import { runProcess } from "../support/process.ts";
import { writeTemporary } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { post, startAttacked, type Attacked } from "./attacked.ts";

const other = "b1405560-c8d3-4b1a-877d-3f449ad95352";
const keyless = "c1405560-c8d3-4b1a-877d-3f449ad95352";
const storedKeys = { [workspaceId.toUpperCase()]: "stored-canary-key", [other]: "others-canary-key" };

let issuer: Issuer;
let gateway: Attacked;
let file: string;

beforeAll(async () => {
  issuer = await startIssuer([workspaceId, keyless]);
  file = writeTemporary(storedKeys);
  gateway = await startAttacked(trusting(issuer, file));
});
afterAll(async () => {
  await gateway.close();
  await issuer.close();
});
beforeEach(() => {
  gateway.bird.requests.length = 0;
});

const selection =
  "{ __typename ... on AccessDeniedError { code accessDeniedReason } ... on UpstreamError { code upstreamReason outcome } }";
const args = (workspace: string) =>
  `workspaceId: "${workspace}", conversationId: "${conversationId}", key: "emailaddress", value: "a@example.com"`;
const read = (workspace = workspaceId) =>
  `{ result: conversationParticipant(${args(workspace)}) ${selection} }`;
const list = (workspace: string) =>
  `{ result: conversationParticipants(workspaceId: "${workspace}", conversationId: "${conversationId}", identifiers: [{ key: "a", value: "b" }]) ${selection} }`;
const update = (workspace = workspaceId) =>
  `mutation { result: updateParticipantStatus(input: { ${args(workspace)}, status: ACTIVE }) ${selection} }`;

async function ask(query: string, authorization: string, at = gateway): Promise<unknown> {
  const { body, text } = await post(at, { query }, { authorization });
  const { data } = body;
  if (typeof data !== "object" || data === null || !("result" in data)) throw new Error(text);
  return data.result;
}

/** The final answer: a token that no known key has signed may have to wait for the next fetch of the keys. */
async function decided(query: string, authorization: string): Promise<unknown> {
  let answer: unknown;
  await until(async () => {
    answer = await ask(query, authorization);
    return !isDeepStrictEqual(answer, { ...outage, outcome: null });
  }, "the token is decided");
  return answer;
}

const outage = { __typename: "UpstreamError", code: "Unavailable", upstreamReason: "UNAVAILABLE" };
const unauthenticated = {
  __typename: "AccessDeniedError",
  code: "Unauthenticated",
  accessDeniedReason: "UNAUTHENTICATED",
};
const forbidden = { __typename: "AccessDeniedError", code: "Forbidden", accessDeniedReason: "FORBIDDEN" };
const found = { __typename: "ConversationParticipant" };
const seconds = () => Math.floor(Date.now() / 1000);

describe("a good token", () => {
  test("reads and updates with the key the gateway holds, and is not passed on", async () => {
    const authorization = `Bearer ${await issuer.token()}`;
    expect(await ask(read(), authorization)).toEqual(found);
    expect(await ask(update(workspaceId.toUpperCase()), authorization)).toEqual(found);
    expect(gateway.bird.requests.map(({ headers }) => headers["authorization"])).toEqual([
      "AccessKey stored-canary-key",
      "AccessKey stored-canary-key",
    ]);
  });

  test.each([
    ["expired 20 s ago", () => ({ exp: seconds() - 20 })],
    ["valid in 20 s", () => ({ nbf: seconds() + 20 })],
    ["issued in 20 s", () => ({ iat: seconds() + 20 })],
  ])("is one that is %s: clocks differ", async (_what, claims) => {
    expect(await ask(read(), `Bearer ${await issuer.token(claims())}`)).toEqual(found);
  });

  test.each(["own", "second"] as const)("may leave out which of the keys signed it: %s", async (key) => {
    expect(await ask(read(), `Bearer ${await issuer.withoutKeyId(key)}`)).toEqual(found);
  });
});

describe("a bad token", () => {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const unsigned = (alg: string) =>
    `${encode({ alg, kid: "own" })}.${encode({ iss: "https://issuer.example.com", exp: seconds() + 600, workspaces: [workspaceId], scope: "participant:read" })}.`;

  test.each<[string, () => Promise<string> | string]>([
    ["that has expired", async () => `Bearer ${await issuer.token({ exp: seconds() - 60 })}`],
    ["that never expires", async () => `Bearer ${await issuer.token({ exp: undefined })}`],
    ["that expires at infinity", async () => `Bearer ${await issuer.tokenWithText("exp", "1e400")}`],
    ["that was always valid", async () => `Bearer ${await issuer.tokenWithText("nbf", "-1e400")}`],
    ["that was issued before all time", async () => `Bearer ${await issuer.tokenWithText("iat", "-1e400")}`],
    ["that is not valid yet", async () => `Bearer ${await issuer.token({ nbf: seconds() + 60 })}`],
    ["from the future", async () => `Bearer ${await issuer.token({ iat: seconds() + 60 })}`],
    ["of another issuer", async () => `Bearer ${await issuer.token({ iss: "https://evil.example.com" })}`],
    ["for another audience", async () => `Bearer ${await issuer.token({ aud: "another" })}`],
    ["without an audience", async () => `Bearer ${await issuer.token({ aud: undefined })}`],
    ["signed with another key", async () => `Bearer ${await issuer.forged()}`],
    ["signed with the public key as a secret", async () => `Bearer ${await issuer.confused()}`],
    ["with an unknown key id", async () => `Bearer ${await issuer.token({}, { kid: "../own" })}`],
    ["unsigned (none)", () => `Bearer ${unsigned("none")}`],
    ["unsigned (None)", () => `Bearer ${unsigned("None")}`],
    ["unsigned (RS256)", () => `Bearer ${unsigned("RS256")}x`],
    [
      "whose payload was exchanged",
      async () => {
        const [head = "", , signature = ""] = (await issuer.token()).split(".");
        return `Bearer ${head}.${encode({ exp: seconds() + 600, workspaces: [other], scope: "participant:read" })}.${signature}`;
      },
    ],
    [
      "without a key id, signed with another key",
      async () => `Bearer ${await issuer.forged({ kid: undefined })}`,
    ],
    ["that is no token", () => "Bearer a.b.c"],
    ["that is an access key: there is no way back to forward mode", () => "AccessKey sandbox"],
    ["that is empty", () => "Bearer "],
  ])("%s is UNAUTHENTICATED, and nothing is called", async (_what, authorization) => {
    const value = await authorization();
    expect(await decided(read(), value)).toEqual(unauthenticated);
    expect(await decided(update(), value)).toEqual(unauthenticated);
    expect(gateway.bird.requests).toEqual([]);
  });

  test("cannot make the gateway fetch the issuer's keys over and over", async () => {
    const before = issuer.fetches();
    const begin = performance.now();
    for (let kid = 0; kid < 20; kid++)
      await ask(read(), `Bearer ${await issuer.token({}, { kid: `k${kid}` })}`);
    // One may be allowed at once, and then one each second.
    expect(issuer.fetches() - before).toBeLessThanOrEqual(1 + (performance.now() - begin) / 1000);
  });
});

describe("a right that the token does not give", () => {
  test.each([
    ["reading in another workspace", () => read(other)],
    ["updating in another workspace", () => update(other)],
    ["a workspace the gateway has no key for", () => read(keyless)],
  ])("is FORBIDDEN: %s, and nothing is called", async (_what, query) => {
    expect(await ask(query(), `Bearer ${await issuer.token()}`)).toEqual(forbidden);
    expect(gateway.bird.requests).toEqual([]);
  });

  test.each<[string, Record<string, unknown>]>([
    ["without workspaces", { workspaces: undefined }],
    ["with one workspace that is no list", { workspaces: workspaceId }],
    ["with workspaces that are no texts", { workspaces: [workspaceId, 7] }],
    ["with null for workspaces", { workspaces: null }],
    ["without a scope", { scope: undefined }],
    ["with a scope that is a list", { scope: ["participant:read", "participant:write"] }],
    ["with a scope that is an object", { scope: {} }],
  ])("is FORBIDDEN by a valid token %s: who calls is known", async (_what, claims) => {
    const authorization = `Bearer ${await issuer.token(claims)}`;
    expect([await ask(read(), authorization), await ask(update(), authorization)]).toEqual([
      forbidden,
      forbidden,
    ]);
    expect(gateway.bird.requests).toEqual([]);
  });

  test("is FORBIDDEN for each item of a list", async () => {
    expect(await ask(list(other), `Bearer ${await issuer.token()}`)).toEqual([forbidden]);
    expect(gateway.bird.requests).toEqual([]);
  });

  test("is FORBIDDEN by scope: the right to read does not include updates, nor the reverse", async () => {
    const reader = `Bearer ${await issuer.token({ scope: "openid participant:read" })}`;
    const writer = `Bearer ${await issuer.token({ scope: "participant:write participant:reader" })}`;
    expect([await ask(read(), reader), await ask(update(), reader)]).toEqual([found, forbidden]);
    expect([await ask(read(), writer), await ask(update(), writer)]).toEqual([forbidden, found]);
    expect(gateway.bird.requests.map(({ method }) => method)).toEqual(["GET", "PATCH"]);
  });
});

describe("the issuer's keys", () => {
  test("out of reach give UpstreamError UNAVAILABLE, and no call is made", async () => {
    const broken = await startIssuer([workspaceId]);
    broken.fail(503);
    const late = await startAttacked(trusting(broken, file));
    const authorization = `Bearer ${await broken.token()}`;
    expect(await ask(read(), authorization, late)).toEqual({ ...outage, outcome: null });
    expect(await ask(update(), authorization, late)).toEqual({ ...outage, outcome: "NOT_APPLIED" });
    expect(late.bird.requests).toEqual([]);
    await until(() => late.process.stderr().includes('"event":"signingKeysUnavailable"'));
    broken.fail(null);
    await until(async () => isDeepStrictEqual(await ask(read(), authorization, late), found));
    await late.close();
    await broken.close();
  });

  test("out of reach are fetched once a second at most, and logged once, for any number of tokens", async () => {
    const broken = await startIssuer([workspaceId]);
    broken.fail(503);
    const late = await startAttacked(trusting(broken, file));
    const begin = performance.now();
    for (let round = 0; round < 20; round++) {
      const tokens = await Promise.all([
        broken.token({}, { kid: `k${round}` }),
        broken.forged(),
        broken.withoutKeyId("own"),
      ]);
      await Promise.all(tokens.map((token) => ask(read(), `Bearer ${token}`, late)));
    }
    const seconds = (performance.now() - begin) / 1000;
    expect(broken.fetches()).toBeGreaterThanOrEqual(1);
    expect(broken.fetches()).toBeLessThanOrEqual(1 + seconds);
    await until(() => late.process.stderr().includes('"event":"signingKeysUnavailable"'));
    // Lines arrive in their order: the last answers' lines are there, so no other of these is on its way.
    const answered = () => late.process.stderr().split('"event":"requestAnswered"').length - 1;
    await until(() => answered() === 60, "every answer is logged");
    expect(late.process.stderr().match(/"event":"signingKeysUnavailable"/g)).toHaveLength(1);
    await late.close();
    await broken.close();
  });
});

describe("the file of access keys", () => {
  test("is read again on SIGHUP, and a bad one keeps the old keys", async () => {
    const authorization = `Bearer ${await issuer.token()}`;
    const key = async () => {
      gateway.bird.requests.length = 0;
      await ask(read(), authorization);
      return gateway.bird.requests[0]?.headers["authorization"];
    };
    const reload = async (content: string, event: string) => {
      const seen = () => gateway.process.stderr().split(`"event":"${event}"`).length;
      const before = seen();
      writeFileSync(file, content);
      gateway.process.signal("SIGHUP");
      await until(() => seen() > before);
    };
    await reload('{"broken-canary-key', "accessKeysInvalid");
    expect(await key()).toBe("AccessKey stored-canary-key");
    await reload(JSON.stringify({ [workspaceId]: "broken canary key" }), "accessKeysInvalid");
    expect(await key()).toBe("AccessKey stored-canary-key");
    await reload(JSON.stringify({ [workspaceId]: "rotated-canary-key" }), "accessKeysReloaded");
    expect(await key()).toBe("AccessKey rotated-canary-key");
    expect(gateway.process.stdout() + gateway.process.stderr()).not.toContain("canary");
  });

  test.each([
    ["is missing", "/nowhere/keys.json", "cannot be read"],
    ["is not JSON", writeTemporary("canary-key"), "is not JSON"],
    ["is a list", writeTemporary(["canary-key"]), "is not a JSON object"],
    ["names no workspace", writeTemporary({ "canary-key": "x" }), "is not a JSON object"],
    ["holds no key", writeTemporary({ [workspaceId]: "canary key" }), "a file that has a key of"],
    [
      "names a workspace twice",
      writeTemporary({ [workspaceId]: "canary", [workspaceId.toUpperCase()]: "canary" }),
      "a file that names the workspace",
    ],
  ])("stops the start in one clear line when it %s", async (_what, path, problem) => {
    const { code, stderr } = await runProcess({ PORT: "0", ...trusting(issuer, path) });
    expect(code).toBe(1);
    expect(stderr.trim().split("\n")).toHaveLength(2);
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain("canary");
  });

  test.each(["JWT_JWKS_URL", "JWT_ISSUER", "JWT_AUDIENCE", "BIRD_ACCESS_KEYS_FILE"])(
    "and the rest are needed: without %s the gateway does not start",
    async (name) => {
      const { code, stderr } = await runProcess({ PORT: "0", ...trusting(issuer, file), [name]: "" });
      expect([code, stderr]).toEqual([1, expect.stringContaining(`${name} is unset`)]);
    },
  );
});

describe("a router's reference", () => {
  const secret = "a-secret-of-the-router";
  const query = "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }";
  let behindRouter: Attacked;

  beforeAll(async () => {
    behindRouter = await startAttacked({ ...trusting(issuer, file), ROUTER_SECRETS: secret });
  });
  afterAll(() => behindRouter.close());

  async function refer(workspace: string) {
    const reference = {
      __typename: "ConversationParticipant",
      workspaceId: workspace,
      conversationId,
      id: "an-id",
    };
    const authorization = `Bearer ${await issuer.token()}`;
    const headers = { authorization, "router-authorization": secret };
    const { body } = await post(behindRouter, { query, variables: { r: [reference] } }, headers);
    return body;
  }

  test("to a workspace of the token is looked up", async () => {
    expect(await refer(workspaceId)).toMatchObject({ data: { _entities: [found] } });
    expect(behindRouter.bird.requests).toHaveLength(1);
  });

  test("to another workspace is an error of that entity, and no call is made", async () => {
    behindRouter.bird.requests.length = 0;
    expect(await refer(other)).toMatchObject({
      data: { _entities: [null] },
      errors: [{ path: ["_entities", 0], extensions: { code: "Forbidden" } }],
    });
    expect(behindRouter.bird.requests).toEqual([]);
  });
});
