// Starting, watching and stopping a sandbox.
import { EventEmitter, once } from "node:events";
import { request } from "node:http";
import { describe, expect, test } from "@jest/globals";
import { startSandbox, type SandboxCall } from "../../../src/sandbox/sandbox.ts";
import { body, call, conversationOf, john, patch, pathOf } from "./call.ts";

describe("starting", () => {
  test("takes a free port on the loopback interface", async () => {
    const sandbox = await startSandbox();
    expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const answer = await fetch(sandbox.url + john, { headers: { authorization: "AccessKey sandbox" } });
    expect(answer.status).toBe(200);
    await sandbox.close();
  });

  test("rejects when the port is in use", async () => {
    const sandbox = await startSandbox();
    const port = Number(new URL(sandbox.url).port);
    await expect(startSandbox({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
    await sandbox.close();
  });

  test("holds the conversations it is given, values unknown to Bird included", async () => {
    const { conversation, path } = conversationOf([["key", "value"]]);
    const odd = { id: "odd", type: "martian", status: "asleep" };
    const sandbox = await startSandbox({
      conversations: [{ ...conversation, participants: [...conversation.participants, odd] }],
    });
    expect((await call(sandbox, pathOf(path, "key", "value"))).status).toBe(200);
    expect(body(await call(sandbox, `${path}/participants/odd`))).toStrictEqual(odd);
    await sandbox.close();
  });

  test("leaves what it is given unchanged", async () => {
    const { conversation, path } = conversationOf([["key", "value"]]);
    const before = structuredClone(conversation);
    const sandbox = await startSandbox({ conversations: [conversation] });
    expect((await patch(sandbox, pathOf(path, "key", "value"), { status: "pending" })).status).toBe(200);
    expect(conversation).toStrictEqual(before);
    await sandbox.close();
  });

  test("rejects what cannot be told apart", async () => {
    const twice = conversationOf([
      ["key", "value"],
      ["key", "value"],
    ]).conversation;
    await expect(startSandbox({ conversations: [twice] })).rejects.toThrow('["key","value"]');
    const { conversation } = conversationOf([]);
    await expect(startSandbox({ conversations: [conversation, conversation] })).rejects.toThrow(
      "given twice",
    );
  });

  test("rejects a limit that is none", async () => {
    await expect(startSandbox({ readsPerSecond: 0 })).rejects.toThrow(RangeError);
  });
});

describe("watching", () => {
  test("reports each call to the API once, raw, before its answer is seen", async () => {
    const calls: SandboxCall[] = [];
    const sandbox = await startSandbox({ onCall: (seen) => calls.push(seen) });
    const raw = `${john}/..?q=%20`;
    await call(sandbox, raw);
    expect(calls).toStrictEqual([{ method: "GET", path: raw, status: 404 }]);
    await patch(sandbox, john, { status: "invited" });
    expect(calls.slice(1)).toStrictEqual([{ method: "PATCH", path: john, status: 409 }]);
    await call(sandbox, "/_sandbox/faults", { method: "DELETE" });
    await sandbox.close();
    expect(calls).toHaveLength(2);
  });

  test.each(["reset", "hang", "latency=60000", "latency=60000;status=500"])(
    "reports null when %s leaves a call without an answer",
    async (fault) => {
      const calls: SandboxCall[] = [];
      const sandbox = await startSandbox({ onCall: (seen) => calls.push(seen) });
      const lost = call(sandbox, john, { headers: { "sandbox-fault": fault } }).catch(() => null);
      // Once a later request has its answer, the first has arrived for certain.
      await call(sandbox, john);
      await sandbox.close();
      expect(await lost).toBeNull();
      expect(calls).toHaveLength(2);
      expect(calls).toContainEqual({ method: "GET", path: john, status: null });
    },
  );

  test("reports null when the caller goes away while it waits", async () => {
    const calls = new EventEmitter();
    const sandbox = await startSandbox({ onCall: (seen) => calls.emit("call", seen) });
    const outgoing = request(sandbox.url + john, {
      headers: { "sandbox-fault": "hang" },
    });
    outgoing.on("error", () => undefined);
    outgoing.end();
    await call(sandbox, john);
    const next = once(calls, "call");
    outgoing.destroy();
    expect(await next).toStrictEqual([{ method: "GET", path: john, status: null }]);
    await sandbox.close();
  });
});

describe("stopping", () => {
  test("cuts hanging and slow requests and idle connections", async () => {
    const sandbox = await startSandbox();
    const faults = ["hang", "latency=60000", "latency=60000;reset"];
    const lost = faults.map((fault) => call(sandbox, john, { headers: { "sandbox-fault": fault } }));
    const settled = Promise.allSettled(lost);
    await call(sandbox, john);
    await sandbox.close();
    expect((await settled).map(({ status }) => status)).toStrictEqual(["rejected", "rejected", "rejected"]);
    await expect(fetch(sandbox.url)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
  });

  test("twice is harmless", async () => {
    const sandbox = await startSandbox();
    await sandbox.close();
    await expect(sandbox.close()).resolves.toBeUndefined();
  });
});
