import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { execute } from "../support/execute.ts";
import { code, readDocument, tableOf } from "../support/markdown.ts";
import { startProcess, type GatewayProcess } from "../support/process.ts";
import { freePort } from "../support/listen.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { json } from "../support/steps.ts";
import { until } from "../support/until.ts";
import { ReadParticipantDocument, UpdateStatusDocument } from "../support/__generated__/operations.ts";
import { canaries, canariesIn, key } from "./canaries.ts";
import { connections, reads, updates } from "./injections.ts";

/**
 * The limits for the rows in which Bird is silent, which end by time. All others have the default limits, so that a busy
 * machine does not change them.
 */
const impatient = { BIRD_ATTEMPT_TIMEOUT_MS: "1000", BIRD_DEADLINE_MS: "5000" };
const isSilent = (bird: string) => /never answers|does not answer|trickles/.test(bird);
const afterFailures = "has failed 20 times in 10 s";

type Row = { call: string; bird: string; member: string; with: string; gets: number; patches: number };

const rows: Row[] = tableOf(readDocument("docs/errors.md"), "call", "Bird", "you get").map((cells) => ({
  call: cells["call"] ?? "",
  bird: cells["Bird"] ?? "",
  member: cells["you get"] ?? "",
  with: code(cells["with"]),
  gets: Number(cells["GETs"]),
  patches: Number(cells["PATCHes"]),
}));

let upstream: ScriptedUpstream;
let silent: ScriptedUpstream;
/** Gateways by what they are connected to. */
let gateways: Record<"script" | "impatient" | (typeof connections)[number], GatewayProcess>;

beforeAll(async () => {
  upstream = await startUpstream();
  silent = await startUpstream();
  const closedUrl = `http://127.0.0.1:${await freePort()}`;
  const [script, impatientGateway, refusing, handshake] = await Promise.all([
    startProcess({ BIRD_API_URL: upstream.url }),
    startProcess({ BIRD_API_URL: upstream.url, ...impatient }),
    startProcess({ BIRD_API_URL: closedUrl }),
    startProcess({ BIRD_API_URL: `https://127.0.0.1:${silent.port}`, ...impatient }),
  ]);
  gateways = {
    script,
    impatient: impatientGateway,
    "refuses the connection": refusing,
    "never finishes the TLS handshake": handshake,
  };
});

afterAll(async () => {
  await Promise.all(Object.values(gateways).map((gateway) => gateway.stop("SIGKILL")));
  await upstream.close();
  await silent.close();
});

describe("docs/errors.md", () => {
  test("has a row for every injection, and an injection for every row", () => {
    const own = [...connections, afterFailures];
    expect(rows.filter((row) => row.call === "read").map((row) => row.bird)).toEqual([
      ...Object.keys(reads),
      ...own,
    ]);
    expect(rows.filter((row) => row.call === "update").map((row) => row.bird)).toEqual([
      ...Object.keys(updates),
      ...own,
    ]);
  });

  test.concurrent.each(rows)("is right that when Bird $bird, a $call gives $member", async (row) => {
    const { answer, counts } = await runRow(row);
    expect(answer.errors).toBeUndefined();
    const result = resultOf(answer.data);
    expect(describeResult(result)).toBe(`${row.member} ${row.with}`);
    expect(counts).toEqual({ GET: row.gets, PATCH: row.patches });
    const allowed = row.member === "ConversationParticipant" ? ["email", "phone", "name"] : [];
    expect(canariesIn(JSON.stringify(answer)).filter((canary) => !allowed.includes(canary))).toEqual([]);
  });
});

test("logs and metrics contain no key, email address, phone number or name", async () => {
  for (const gateway of Object.values(gateways)) {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(canariesIn(gateway.stdout() + gateway.stderr() + metrics)).toEqual([]);
    await until(() => gateway.stderr().includes('"event":"requestAnswered"'), "an answer is logged");
  }
});

/** Runs a row in a workspace of its own, so that rows share no circuit and no quota. */
async function runRow({ call, bird }: Row) {
  const workspaceId = randomUUID();
  const connection = connections.find((known) => known === bird);
  const gateway = gateways[connection ?? (isSilent(bird) ? "impatient" : "script")];
  const script = (call === "read" ? reads : updates)[bird];
  if (script !== undefined) upstream.setScript(workspaceId, script);
  if (bird === afterFailures) await failTwentyTimes(gateway, workspaceId);
  const before = { ...upstream.countsOf(workspaceId) };
  const answer = await send(gateway, call, workspaceId, bird.includes("to null") ? null : "ACTIVE");
  const after = upstream.countsOf(workspaceId);
  const counts = { GET: after.GET - before.GET, PATCH: after.PATCH - before.PATCH };
  return { answer, counts };
}

function send(gateway: GatewayProcess, call: string, workspaceId: string, status: "ACTIVE" | null) {
  const address = { workspaceId, conversationId: randomUUID(), key: canaries.phone, value: canaries.email };
  // Each row has its own key and connections: a reset of a connection that another row used would be retried.
  const headers = { authorization: `AccessKey ${key}-${workspaceId}` };
  return call === "read"
    ? execute(gateway.url, ReadParticipantDocument, address, headers)
    : execute(gateway.url, UpdateStatusDocument, { input: { ...address, status } }, headers);
}

async function failTwentyTimes(gateway: GatewayProcess, workspaceId: string): Promise<void> {
  upstream.setScript(workspaceId, { GET: [json(404, {}), json(500, {})] });
  // The first answer makes the key accepted; a stranger's share of the quota is too small to open a circuit.
  await send(gateway, "read", workspaceId, null);
  await Promise.all(Array.from({ length: 20 }, () => send(gateway, "read", workspaceId, null)));
}

function resultOf(data: object | null | undefined): Record<string, unknown> {
  const result: unknown = Object.values(data ?? {}).at(0);
  if (typeof result !== "object" || result === null) throw new Error("no result");
  return Object.fromEntries(Object.entries(result));
}

/** A result in the format of the table: every field of an error that is not null, in the order of the schema. */
function describeResult(result: Record<string, unknown>): string {
  const { __typename, code, details, ...rest } = result;
  if (__typename === "ConversationParticipant") return `${__typename} status: ${String(result["status"])}`;
  const fields = { code, details, ...rest, message: null };
  const told = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  return `${String(__typename)} ${told.map(([name, value]) => `${name}: ${text(value)}`).join("; ")}`;
}
