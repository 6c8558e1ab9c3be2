// Real conditions on the way to Bird: proxies, dead connections and unusual responses. Every call is counted.
import { afterEach, describe, expect, test } from "@jest/globals";
import { aParticipant, conversationId, john, workspaceId } from "../support/bird.ts";
import { startTestGateway, type TestGateway } from "../support/gateway.ts";
import { startUpstream, type ScriptedUpstream, type Step } from "../support/scripted-upstream.ts";
import {
  answer,
  bytes,
  choose,
  close,
  html,
  inTurn,
  json,
  later,
  perConnection,
  reset,
} from "../support/steps.ts";
import { until } from "../support/until.ts";

let open: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const resource of open.toReversed()) await resource.close();
  open = [];
});

async function start(
  step: Step,
  environment: Record<string, string> = {},
): Promise<{ gateway: TestGateway; bird: ScriptedUpstream }> {
  const bird = await startUpstream(step);
  open.push(bird);
  const gateway = await startTestGateway(bird.url, environment);
  open.push(gateway);
  return { gateway, bird };
}

type Result = Record<string, unknown> & { __typename: string };

const fields = `{ __typename
  ... on ConversationParticipant { id status contact { identifierValue } }
  ... on BirdError { code message details }
  ... on RateLimitedError { retryAfterSeconds }
  ... on UpstreamError { upstreamReason retryable outcome } }`;

async function post(url: string, query: string, variables: unknown, key: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `AccessKey ${key}` },
    body: JSON.stringify({ query, variables }),
  });
  return ((await response.json()) as { data: unknown }).data;
}

/** Reads participants in one operation, by the values of their email addresses. */
async function read(url: string, values: string[], key = "a", place = { workspaceId, conversationId }) {
  const query = `query ($workspaceId: ID!, $conversationId: ID!, $identifiers: [ParticipantIdentifierInput!]!) {
    conversationParticipants(workspaceId: $workspaceId, conversationId: $conversationId, identifiers: $identifiers) ${fields}
  }`;
  const identifiers = values.map((value) => ({ key: "emailaddress", value }));
  const data = await post(url, query, { ...place, identifiers }, key);
  return (data as { conversationParticipants: Result[] }).conversationParticipants;
}

async function readOne(url: string, value = john.value, key = "a"): Promise<Result> {
  const [result] = await read(url, [value], key);
  if (result === undefined) throw new Error("no result");
  return result;
}

async function update(url: string, status: string | null = "ACTIVE", value = john.value): Promise<Result> {
  const query = `mutation ($input: UpdateParticipantStatusInput!) { updateParticipantStatus(input: $input) ${fields} }`;
  const input = { ...john, value, status };
  const data = await post(url, query, { input }, "a");
  return (data as { updateParticipantStatus: Result }).updateParticipantStatus;
}

const person = (value: string, status = "active") => ({
  ...aParticipant,
  id: `id of ${value}`,
  status,
  contact: { identifierKey: "emailaddress", identifierValue: value },
});
const valueIn = (path: string) => decodeURIComponent(path.split("/").at(-1) ?? "");
const isList = (path: string) => path.includes("?limit=");
/** Answers each read with the person it asks for. */
const right = choose(({ path }) => json(200, person(valueIn(path))));
const there = json(200, aParticipant);
const found = { __typename: "ConversationParticipant" };
const values = Array.from({ length: 30 }, (_, index) => `p${index}@example.com`);

describe("a response with another participant than requested", () => {
  test("is read again once, on a fresh connection", async () => {
    const { gateway, bird } = await start(perConnection(right, json(200, person("late@example.com"))));
    for (const value of ["a@example.com", "b@example.com"])
      expect(await readOne(gateway.url, value)).toMatchObject({ contact: { identifierValue: value } });
    expect(bird.requests.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });

  test("is read again on a fresh connection when it is a page, or a participant in place of a page", async () => {
    const page = json(200, { results: [person("late@example.com")] });
    const { gateway, bird } = await start(
      choose(({ path, connection }) => {
        if (connection === 1) return isList(path) ? right : json(200, person(valueIn(path)));
        return isList(path) ? json(200, { results: values.map((value) => person(value)) }) : right;
      }),
    );
    await readOne(gateway.url, "a@example.com");
    for (const result of await read(gateway.url, values)) expect(result).toMatchObject(found);
    bird.always(choose(({ connection }) => (connection <= 2 ? page : right)));
    expect(await readOne(gateway.url, "b@example.com")).toMatchObject({
      contact: { identifierValue: "b@example.com" },
    });
    expect(bird.requests.map(({ path, connection }) => [isList(path), connection])).toEqual([
      [false, 1],
      [true, 1],
      [true, 2],
      [false, 2],
      [false, 3],
    ]);
  });

  test("is accepted as Bird's own spelling when a second read returns it again: two calls", async () => {
    const { gateway, bird } = await start(json(200, person("+31612345678")));
    expect(await readOne(gateway.url, "0031612345678")).toMatchObject(found);
    expect(bird.requests).toHaveLength(2);
  });

  test.each([
    ["upper and lower case", { identifierKey: "EmailAddress", identifierValue: "John.Doe@Bird.com" }],
    ["another kind of identifier", { identifierKey: "phonenumber", identifierValue: "+31612345678" }],
    ["no identifier", {}],
    ["no value", { identifierKey: "emailaddress", identifierValue: null }],
  ])("is not one that differs by %s: one call", async (_what, contact) => {
    const { gateway, bird } = await start(json(200, { ...aParticipant, contact }));
    expect(await readOne(gateway.url)).toMatchObject(found);
    expect(bird.requests).toHaveLength(1);
  });

  test("to an update is a lost response: it is looked up on a fresh connection", async () => {
    const { gateway, bird } = await start(
      choose(({ method }) => json(200, method === "PATCH" ? person("late@example.com") : aParticipant)),
    );
    expect(await update(gateway.url)).toMatchObject({ ...found, contact: { identifierValue: john.value } });
    expect(bird.requests.map(({ method, connection }) => [method, connection])).toEqual([
      ["PATCH", 1],
      ["GET", 2],
    ]);
  });
});

test("an update to null takes a fresh connection: no late response can be taken for its own", async () => {
  const { gateway, bird } = await start(
    choose(({ connection, method }) =>
      json(200, method === "PATCH" && connection === 1 ? person("late@example.com") : person(john.value)),
    ),
  );
  await readOne(gateway.url);
  expect(await update(gateway.url, null)).toMatchObject({ contact: { identifierValue: john.value } });
  expect(bird.requests.map(({ method, connection }) => [method, connection])).toEqual([
    ["GET", 1],
    ["PATCH", 2],
  ]);
});

test.each([403, 404, 422])(
  "an update takes no connection that carried a %d last: a late copy would say that it was not applied",
  async (status) => {
    const { gateway, bird } = await start(
      choose(({ method }) => (method === "GET" ? json(status, { code: "Late" }) : json(200, aParticipant))),
    );
    await readOne(gateway.url);
    for (let round = 1; round <= 2; round++) expect(await update(gateway.url)).toMatchObject(found);
    expect(bird.requests.map(({ method, connection }) => [method, connection])).toEqual([
      ["GET", 1],
      ["PATCH", 2],
      ["PATCH", 2],
    ]);
  },
);

describe("a response to an update that shows another status", () => {
  test.each([
    ["is looked up", person(john.value, "pending"), { ...found, status: "PENDING" }],
    ["is no success", person(john.value), { __typename: "UpstreamError", outcome: "UNKNOWN" }],
  ])("%s on a used connection: a late response to a read is like that", async (_what, seen, told) => {
    const { gateway, bird } = await start(
      choose(({ connection }) => json(200, connection === 1 ? person(john.value) : seen)),
    );
    await readOne(gateway.url);
    expect(await update(gateway.url, "PENDING")).toMatchObject(told);
    expect(bird.requests.map(({ method, connection }) => [method, connection])).toEqual([
      ["GET", 1],
      ["PATCH", 1],
      ["GET", 2],
    ]);
  });

  test("is accepted when it arrives on a new connection: one call", async () => {
    const { gateway, bird } = await start(json(200, person(john.value)));
    expect(await update(gateway.url, "PENDING")).toMatchObject({ ...found, status: "ACTIVE" });
    expect(bird.requests).toHaveLength(1);
  });
});

test("a second response that comes late reaches no other access key, in reads, lists or updates", async () => {
  const { gateway } = await start(
    choose(({ path, headers }) => {
      const mine = { ...person(valueIn(path)), id: headers["authorization"] };
      const own = json(200, isList(path) ? { results: [mine], total: 1 } : mine);
      return inTurn(own, later(4, own));
    }),
  );
  for (let round = 0; round < 20; round++) {
    const key = round % 2 === 0 ? "a" : "b";
    const place = { workspaceId: workspaceId.replace(/.$/, String(round % 2)), conversationId };
    for (const wanted of [[john.value], ["x@example.com", "y@example.com"]])
      for (const result of await read(gateway.url, wanted, key, place))
        if (result.__typename === "ConversationParticipant") expect(result["id"]).toBe(`AccessKey ${key}`);
  }
});

test("a second response that comes late reaches no other workspace of the same access key", async () => {
  const { gateway } = await start(
    choose((request) => {
      const mine = { ...person(john.value), id: request.workspaceId };
      const own = json(200, isList(request.path) ? { results: [mine], total: 1 } : mine);
      return inTurn(own, later(2, own));
    }),
  );
  for (let round = 0; round < 20; round++) {
    const place = { workspaceId: workspaceId.replace(/.$/, String(round % 2)), conversationId };
    for (const wanted of [[john.value], [john.value, "x@example.com"]]) {
      const [result] = await read(gateway.url, wanted, "a", place);
      if (result?.__typename === "ConversationParticipant") expect(result["id"]).toBe(place.workspaceId);
    }
  }
});

describe("connections that died while they were idle", () => {
  test.each([
    ["close", close],
    ["reset", reset],
  ])("fail no sequential read when they %s at their second request", async (_how, death) => {
    const { gateway, bird } = await start(perConnection(right, death));
    for (const value of values) expect(await readOne(gateway.url, value)).toMatchObject(found);
    // Every second connection is new, and the next read finds it idle.
    expect(bird.requests).toHaveLength(2 * values.length - 1);
  });

  test("fail no concurrent read, and open no circuit", async () => {
    const { gateway, bird } = await start(perConnection(right, close), { BIRD_BATCHING: "single" });
    for (let round = 0; round < 3; round++)
      for (const result of await read(gateway.url, values)) expect(result).toMatchObject(found);
    expect(bird.requests.length).toBeLessThanOrEqual(5 * values.length);
  });

  test("make the gateway read an update back: it is not repeated blindly", async () => {
    const { gateway, bird } = await start(perConnection(there, close));
    await readOne(gateway.url);
    expect(await update(gateway.url)).toMatchObject(found);
    expect(bird.requests.map(({ method, connection }) => [method, connection])).toEqual([
      ["GET", 1],
      ["PATCH", 1],
      ["GET", 2],
    ]);
  });
});

test("an unexpected 100 Continue is ignored: one call, for every response that follows it", async () => {
  const { gateway, bird } = await start(
    choose(({ method }) =>
      inTurn(
        bytes("HTTP/1.1 100 Continue\r\n\r\n"),
        method === "PATCH" ? json(409, { code: "WrongState", message: "m" }) : there,
      ),
    ),
  );
  for (let round = 0; round < 25; round++) expect(await readOne(gateway.url)).toMatchObject(found);
  expect(await update(gateway.url)).toMatchObject({ __typename: "ConflictError", code: "WrongState" });
  expect(bird.requests).toHaveLength(26);
});

describe("a malformed list", () => {
  const odd: [string, Step][] = [
    ["a maintenance page with 200", html(200)],
    ["a redirect", answer(302, "", { location: "https://example.com/" })],
    ["JSON that was cut off", answer(200, '{"results":[')],
    ["a 400", json(400, { code: "X", message: "m" })],
    ["a 422", json(422, { code: "X", message: "m" })],
    ["an empty body", answer(200)],
  ];

  test.each(odd)("is read again by the next operation, when it was %s", async (_what, oddity) => {
    let isWell = false;
    const all = { results: values.map((value) => person(value)), total: values.length };
    const { gateway, bird } = await start(
      choose(({ path }) => (!isList(path) ? right : isWell ? json(200, all) : oddity)),
    );
    for (const result of await read(gateway.url, values)) expect(result).toMatchObject(found);
    expect(bird.requests).toHaveLength(1 + values.length);
    isWell = true;
    for (const result of await read(gateway.url, values)) expect(result).toMatchObject(found);
    expect(bird.requests).toHaveLength(1 + values.length + 1);
  });

  test.each<[string, Step]>([
    ["403", json(403, { code: "X", message: "m" })],
    ["404", json(404, { code: "X", message: "m" })],
    ["404 in HTML", html(404)],
    ["405", json(405, { code: "X", message: "m" })],
    ["405 in HTML", html(405)],
  ])("is not asked for again for a minute, when it was a %s", async (_what, denial) => {
    const { gateway, bird } = await start(choose(({ path }) => (isList(path) ? denial : right)));
    for (let round = 0; round < 2; round++)
      for (const result of await read(gateway.url, values)) expect(result).toMatchObject(found);
    expect(bird.requests).toHaveLength(1 + 2 * values.length);
  });

  test.each<[string, Step]>([
    ["a maintenance page", html(200)],
    ["a redirect", answer(302, "", { location: "https://example.com/" })],
  ])("costs one single read when everything gets %s", async (_what, page) => {
    const { gateway, bird } = await start(page);
    for (const result of await read(gateway.url, values))
      expect(result).toMatchObject({ code: "BadResponse", upstreamReason: "BAD_RESPONSE" });
    expect(bird.requests).toHaveLength(2);
  });

  test("is an empty page when its results are null", async () => {
    const { gateway, bird } = await start(
      choose(({ path }) => (isList(path) ? json(200, { results: null, total: 0 }) : right)),
    );
    for (let round = 1; round <= 2; round++) {
      for (const result of await read(gateway.url, values)) expect(result).toMatchObject(found);
      expect(bird.requests.filter(({ path }) => isList(path))).toHaveLength(round);
    }
  });
});

describe("Retry-After", () => {
  test.each<[string, Record<string, string>, number]>([
    ["a decimal", { "retry-after": "59.2" }, 60],
    ["a list", { "retry-after": "7, 60, 9" }, 60],
    ["two fields", { "retry-after": "7", "Retry-After": "60" }, 60],
    [
      "an asctime date against the Date of the response",
      { date: "Thu, 01 Jan 2026 00:00:00 GMT", "retry-after": "Thu Jan  1 00:01:00 2026" },
      60,
    ],
    [
      "a date of RFC 850 against the Date of the response",
      { date: "Thu, 01 Jan 2026 00:00:00 GMT", "retry-after": "Thursday, 01-Jan-26 00:01:00 GMT" },
      60,
    ],
  ])("is told when it is %s", async (_what, headers, seconds) => {
    const { gateway, bird } = await start(json(429, { code: "X", message: "m" }, headers));
    const result = await readOne(gateway.url);
    expect(result).toMatchObject({ __typename: "RateLimitedError", retryAfterSeconds: seconds });
    expect(bird.requests).toHaveLength(1);
  });
});

describe("a temporary status", () => {
  test.each([408, 421, 425])("is repeated on a read, and is UNAVAILABLE at the end: %d", async (status) => {
    const { gateway, bird } = await start(html(status));
    expect(await readOne(gateway.url)).toMatchObject({ upstreamReason: "UNAVAILABLE", retryable: true });
    expect(bird.requests).toHaveLength(3);
  });

  test.each([408, 421, 425])(
    "is looked up after an update, and never repeated blindly: %d",
    async (status) => {
      const { gateway, bird } = await start(
        choose(({ method }) =>
          method === "PATCH" ? html(status) : json(200, person(john.value, "pending")),
        ),
      );
      expect(await update(gateway.url)).toMatchObject({ upstreamReason: "UNAVAILABLE", outcome: "UNKNOWN" });
      expect(bird.requests.map(({ method }) => method)).toEqual(["PATCH", "GET"]);
    },
  );

  test.each([501, 505, 511])("does not include %d: tried once", async (status) => {
    const { gateway, bird } = await start(html(status));
    expect(await readOne(gateway.url)).toMatchObject({ upstreamReason: "UNAVAILABLE", retryable: false });
    expect(bird.requests).toHaveLength(1);
  });
});

test("a participant on two pages is one result, taken from the later page, without another call", async () => {
  const people = values.slice(0, 6).map((value) => person(value));
  const moved = person("p0@example.com", "pending");
  const pages = [
    { results: [moved, ...people.slice(1, 3)], nextPageToken: "2", total: 6 },
    { results: people.filter((_one, index) => index === 0 || index > 2), total: 6 },
  ];
  const { gateway, bird } = await start(
    choose(({ path }) => (isList(path) ? json(200, pages[path.includes("pageToken") ? 1 : 0]) : right)),
  );
  const results = await read(gateway.url, values.slice(0, 6));
  expect(results.map(({ status }) => status)).toEqual(people.map(() => "ACTIVE"));
  expect(bird.requests).toHaveLength(2);
});

test("long numbers in Bird's answers keep all their digits, as text", async () => {
  const body = '{"code":12345678901234567890,"message":"m","details":{"n":[98765432109876543210,1.5]}}';
  const { gateway } = await start(answer(422, body));
  expect(await readOne(gateway.url)).toMatchObject({
    code: "12345678901234567890",
    details: { n: ["98765432109876543210", 1.5] },
  });
});

test.each(["\n", " \r\n\t"])("a 404 with the body %j is NotFoundError", async (body) => {
  const { gateway } = await start(answer(404, body));
  expect(await readOne(gateway.url)).toMatchObject({ __typename: "NotFoundError" });
});

describe("BIRD_CONNECTIONS", () => {
  test("limits the connections of all workspaces together, for any number of concurrent calls", async () => {
    let inUse = 0;
    let mostInUse = 0;
    let mostOpen = 0;
    const answerLater = later(5, (socket, request) => {
      inUse -= 1;
      right(socket, request);
    });
    const { gateway, bird } = await start(
      choose(() => {
        inUse += 1;
        mostInUse = Math.max(mostInUse, inUse);
        mostOpen = Math.max(mostOpen, bird.connectionsOpen);
        return answerLater;
      }),
      { BIRD_CONNECTIONS: "4", BIRD_BATCHING: "single" },
    );
    await readOne(gateway.url);
    const places = Array.from({ length: 5 }, (_, index) => ({
      workspaceId: workspaceId.replace(/.$/, String(index)),
      conversationId,
    }));
    const results = await Promise.all(places.map((place) => read(gateway.url, values, "a", place)));
    for (const result of results.flat()) expect(result).toMatchObject(found);
    expect(mostInUse).toBe(4);
    // The upstream may hear of the end of a connection after the beginning of the one that replaces it.
    expect(mostOpen).toBeLessThanOrEqual(8);
  });

  test.each<[string, boolean, Step]>([
    ["429", true, json(429, {}, { "retry-after": "120" })],
    [
      "429 whose body is slow",
      true,
      bytes("HTTP/1.1 429 X\r\nretry-after: 120\r\ncontent-length: 2\r\n\r\n{"),
    ],
    ["429 to a stranger", false, json(429, {}, { "retry-after": "120" })],
  ])("carry no call that has waited for one, once Bird has answered %s", async (_what, isAccepted, step) => {
    let hasAnswered = !isAccepted;
    const steps = choose(() => {
      const next = hasAnswered ? step : right;
      hasAnswered = true;
      return next;
    });
    const { gateway, bird } = await start(steps, {
      BIRD_CONNECTIONS: "1",
      BIRD_BATCHING: "single",
      BIRD_ATTEMPT_TIMEOUT_MS: "300",
    });
    if (isAccepted) await readOne(gateway.url);
    const begun = bird.requests.length;
    const results = await read(gateway.url, values);
    expect(bird.requests.length - begun).toBe(1);
    expect(results.filter((result) => result["code"] === "BudgetExhausted")).toHaveLength(values.length - 1);
  });

  test("is RateLimitedError with retryAfterSeconds where none is free in time", async () => {
    const { gateway, bird } = await start(() => undefined, {
      BIRD_CONNECTIONS: "1",
      BIRD_BATCHING: "single",
      BIRD_ATTEMPT_TIMEOUT_MS: "20000",
      BIRD_DEADLINE_MS: "3000",
    });
    // The update stays on the wire for longer than its operation, and longer than the read can wait.
    const updated = update(gateway.url);
    await until(() => bird.requests.length === 1);
    expect(await readOne(gateway.url)).toMatchObject({
      __typename: "RateLimitedError",
      code: "BudgetExhausted",
      retryAfterSeconds: 1,
    });
    expect(await updated).toMatchObject({ code: "Timeout" });
    expect(bird.requests).toHaveLength(1);
  });
});
