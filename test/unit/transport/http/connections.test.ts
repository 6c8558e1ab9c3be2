import { afterEach, describe, expect, test } from "@jest/globals";
import { Operation } from "../../../../src/operation/operation.ts";
import type { ConnectionRequest } from "../../../../src/transport/http/connection-request.ts";
import { Connections, type Pooled } from "../../../../src/transport/http/connections.ts";
import type { NotSent } from "../../../../src/transport/call.ts";

type Fake = Pooled & { isOpen: boolean; lastWasError: boolean };

/** A bounded number of connections to nowhere. */
function start(max: number) {
  const opened: Fake[] = [];
  const connections = new Connections<Fake>(max, (holder) => {
    const fake: Fake = {
      holder,
      request: null,
      lastWasError: false,
      isOpen: true,
      close: () => (fake.isOpen = false),
    };
    opened.push(fake);
    expect(openCount()).toBeLessThanOrEqual(max);
    return fake;
  });
  const openCount = () => opened.filter(({ isOpen }) => isOpen).length;
  return { connections, opened, openCount };
}

const operations: Operation[] = [];
afterEach(() => {
  for (const operation of operations.splice(0)) operation.close();
});

function startOperation(callerAddress: string | null = null): Operation {
  const operation = new Operation({ deadlineMs: 60_000, callerAddress });
  operations.push(operation);
  return operation;
}

function request(credentialId: string, other: Partial<ConnectionRequest> = {}): ConnectionRequest {
  return {
    workspaceId: "w",
    credentialId,
    isStranger: false,
    fresh: false,
    effect: "read",
    operation: startOperation(),
    ...other,
  };
}

type Acquired = Fake | NotSent | Promise<Fake | NotSent>;

/** A connection that was there at once. */
function atOnce(acquired: Acquired): Fake {
  if (acquired instanceof Promise || "kind" in acquired) throw new Error("no connection at once");
  return acquired;
}

/** Notes the name of each request in the order in which they get a connection, and keeps it. */
function noteTurns(turns: string[], name: string, acquired: Acquired, kept: Fake[] = []): void {
  if (!(acquired instanceof Promise)) throw new Error("it did not have to wait");
  void acquired.then((result) => {
    if ("kind" in result) return;
    turns.push(name);
    kept.push(result);
  });
}

const settled = () => new Promise(setImmediate);

describe("a connection", () => {
  test("serves the credential again that it served before, the last used one first", () => {
    const { connections, opened } = start(10);
    const first = atOnce(connections.acquire(request("a")));
    const second = atOnce(connections.acquire(request("a")));
    connections.release(first, true);
    connections.release(second, true);
    expect(atOnce(connections.acquire(request("a")))).toBe(second);
    expect(opened).toHaveLength(2);
  });

  test("never serves another credential, however few there are", () => {
    const { connections, opened, openCount } = start(1);
    for (const credential of ["a", "b", "a", "c"]) {
      const connection = atOnce(connections.acquire(request(credential)));
      expect(connection.holder).toBe(`w ${credential}`);
      connections.release(connection, true);
    }
    expect(opened).toHaveLength(4);
    expect(openCount()).toBe(1);
  });

  test("never serves another workspace, although the credential is the same", () => {
    const { connections } = start(10);
    const first = atOnce(connections.acquire(request("a", { workspaceId: "w" })));
    connections.release(first, true);
    const other = atOnce(connections.acquire(request("a", { workspaceId: "x" })));
    expect(other).not.toBe(first);
    expect(atOnce(connections.acquire(request("a", { workspaceId: "w" })))).toBe(first);
  });

  test("gives way to a new one when it was used least recently", () => {
    const { connections } = start(3);
    const [a, b, c] = ["a", "b", "c"].map((credential) => atOnce(connections.acquire(request(credential))));
    for (const connection of [b, a, c]) if (connection !== undefined) connections.release(connection, true);
    atOnce(connections.acquire(request("d")));
    expect([a?.isOpen, b?.isOpen, c?.isOpen]).toEqual([true, false, true]);
  });

  test("is a new one where a fresh one is asked for, although an old one is idle", () => {
    const { connections } = start(2);
    const old = atOnce(connections.acquire(request("a")));
    connections.release(old, true);
    expect(atOnce(connections.acquire(request("a", { fresh: true })))).not.toBe(old);
    expect(atOnce(connections.acquire(request("a")))).toBe(old);
  });

  test("replaces the old one when a fresh one is wanted and the limit is reached", () => {
    const { connections } = start(1);
    const old = atOnce(connections.acquire(request("a")));
    connections.release(old, true);
    expect(atOnce(connections.acquire(request("a", { fresh: true })))).not.toBe(old);
    expect(old.isOpen).toBe(false);
  });

  test("whose last response was an error is closed for an update, and serves reads", () => {
    const { connections, openCount } = start(1);
    const used = atOnce(connections.acquire(request("a")));
    used.lastWasError = true;
    connections.release(used, true);
    expect(atOnce(connections.acquire(request("a")))).toBe(used);
    connections.release(used, true);
    const other = atOnce(connections.acquire(request("a", { effect: "write" })));
    expect(other).not.toBe(used);
    connections.release(other, true);
    expect(atOnce(connections.acquire(request("a", { effect: "write" })))).toBe(other);
    expect(openCount()).toBe(1);
  });

  test("that cannot be used again is closed, and its room is free", () => {
    const { connections } = start(1);
    const broken = atOnce(connections.acquire(request("a")));
    connections.release(broken, false);
    expect(broken.isOpen).toBe(false);
    expect(atOnce(connections.acquire(request("a")))).not.toBe(broken);
  });

  test("that the upstream has closed while it was idle is not handed out", () => {
    const { connections } = start(1);
    const dead = atOnce(connections.acquire(request("a")));
    connections.release(dead, true);
    connections.forgetIdle(dead);
    expect(atOnce(connections.acquire(request("a")))).not.toBe(dead);
  });

  test("is not begun for an operation that is over", () => {
    const { connections, opened } = start(1);
    const operation = startOperation();
    operation.leave();
    expect(connections.acquire(request("a", { operation }))).toEqual({
      kind: "notSent",
      reason: "left",
      retryAfterMs: null,
    });
    expect(opened).toEqual([]);
  });
});

describe("waiting for a connection", () => {
  test("a workspace has all of them while no other waits, and then the one with the fewest is next", async () => {
    const { connections } = start(6);
    const held = Array.from({ length: 6 }, () => atOnce(connections.acquire(request("a"))));
    const turns: string[] = [];
    for (let index = 0; index < 4; index++) {
      noteTurns(turns, "a", connections.acquire(request("a")));
      noteTurns(turns, "b", connections.acquire(request("b", { workspaceId: "v" })));
      noteTurns(turns, "c", connections.acquire(request("c", { workspaceId: "u" })));
    }
    for (const connection of held) {
      connections.release(connection, true);
      await settled();
    }
    expect(turns.slice(0, 4)).toEqual(["b", "c", "b", "c"]);
    expect(turns.toSorted()).toEqual(["a", "a", "b", "b", "c", "c"]);
  });

  test("a workspace whose calls take long keeps no other one waiting for more than one of its own turns", async () => {
    const { connections } = start(4);
    const slow = Array.from({ length: 4 }, () => atOnce(connections.acquire(request("slow"))));
    for (let index = 0; index < 50; index++) void connections.acquire(request("slow"));
    const turns: string[] = [];
    const kept: Fake[] = [];
    for (let index = 0; index < 10; index++)
      noteTurns(turns, "quick", connections.acquire(request("quick", { workspaceId: "v" })), kept);
    const [first] = slow;
    if (first !== undefined) connections.release(first, true);
    await settled();
    expect(turns).toEqual(["quick"]);
    // It has one of four now, and the next too as soon as that is free again.
    for (let index = 0; index < 9; index++) {
      const mine = kept.shift();
      if (mine !== undefined) connections.release(mine, true);
      await settled();
    }
    expect(turns).toHaveLength(10);
  });

  /** Lets each of these floods want one connection more as soon as it has one, and notes the order of the first turns. */
  async function flood(max: number, wanted: ConnectionRequest[], rounds: number): Promise<string[]> {
    const { connections } = start(max);
    const turns: string[] = [];
    const inUse: Fake[] = [];
    const want = async (one: ConnectionRequest) => {
      const connection = await connections.acquire(one);
      if ("kind" in connection) return;
      turns.push(`${one.workspaceId}.${one.credentialId}`);
      inUse.push(connection);
      void want(one);
    };
    for (const one of wanted) void want(one);
    for (let round = 0; round < rounds; round++) {
      await settled();
      const first = inUse.shift();
      if (first !== undefined) connections.release(first, true);
    }
    return turns;
  }

  const countOf = (turns: string[], name: string) => turns.filter((turn) => turn === name).length;

  test.each([1, 2, 3])(
    "all workspaces have their turns where there are more of them than connections: %d",
    async (max) => {
      const wanted = ["u", "v", "w", "x", "y"].map((workspaceId) => request("key", { workspaceId }));
      const turns = await flood(max, [...wanted, ...wanted], 50);
      for (const { workspaceId } of wanted) {
        expect(countOf(turns, `${workspaceId}.key`)).toBeGreaterThanOrEqual(9);
        expect(countOf(turns, `${workspaceId}.key`)).toBeLessThanOrEqual(11 + max);
      }
    },
  );

  test("the credentials of a workspace have their turns, however many requests one of them has", async () => {
    const job = Array.from({ length: 40 }, () => request("job"));
    const turns = await flood(2, [...job, request("inbox")], 20);
    expect(countOf(turns, "w.inbox")).toBeGreaterThanOrEqual(9);
  });

  test("the operations of a credential have their turns, however many requests one of them has", async () => {
    const { connections } = start(1);
    let held = atOnce(connections.acquire(request("key")));
    const turns: string[] = [];
    const kept: Fake[] = [];
    const operation = startOperation();
    for (let index = 0; index < 40; index++)
      noteTurns(turns, "large", connections.acquire(request("key", { operation })), kept);
    noteTurns(turns, "small", connections.acquire(request("key")), kept);
    for (let index = 0; index < 2; index++) {
      connections.release(held, true);
      await settled();
      held = kept.shift() ?? held;
    }
    expect(turns).toEqual(["large", "small"]);
  });

  test("a request that left, or whose time was over, takes no connection", async () => {
    const { connections, opened } = start(1);
    const held = atOnce(connections.acquire(request("a")));
    const operation = startOperation();
    const waiting = connections.acquire(request("a", { operation }));
    const next = connections.acquire(request("a"));
    operation.leave();
    expect(await waiting).toEqual({ kind: "notSent", reason: "left", retryAfterMs: null });
    connections.release(held, true);
    expect(await next).toBe(held);
    expect(opened).toHaveLength(1);
  });

  test("ends with the operation's time, and says when to ask again", async () => {
    const { connections } = start(1);
    atOnce(connections.acquire(request("a")));
    const operation = new Operation({ deadlineMs: 1 });
    expect(await connections.acquire(request("a", { operation }))).toEqual({
      kind: "notSent",
      reason: "noConnection",
      retryAfterMs: 1000,
    });
  });

  test("for a fresh one ends with a new one, which replaces the released one", async () => {
    const { connections } = start(1);
    const held = atOnce(connections.acquire(request("a")));
    const waiting = connections.acquire(request("a", { fresh: true }));
    connections.release(held, true);
    expect(await waiting).not.toBe(held);
    expect(held.isOpen).toBe(false);
  });
});

describe("strangers", () => {
  const stranger = (credentialId: string, other: Partial<ConnectionRequest> = {}) =>
    request(credentialId, { isStranger: true, ...other });

  test("have a quarter of the connections at most, however many keys they come with", () => {
    const { connections } = start(40);
    const acquired = Array.from({ length: 100 }, (_, index) =>
      connections.acquire(stranger(`junk-${index}`)),
    );
    expect(acquired.filter((one) => !(one instanceof Promise))).toHaveLength(10);
    for (let index = 0; index < 30; index++) atOnce(connections.acquire(request("good")));
  });

  test("have one connection where there are fewer than four", () => {
    const { connections } = start(2);
    atOnce(connections.acquire(stranger("junk")));
    expect(connections.acquire(stranger("other"))).toBeInstanceOf(Promise);
    atOnce(connections.acquire(request("good")));
  });

  test("close no connection of an accepted credential beyond their quarter, however often they come", () => {
    const { connections } = start(8);
    const good = Array.from({ length: 6 }, () => atOnce(connections.acquire(request("good"))));
    for (const connection of good) connections.release(connection, true);
    for (let index = 0; index < 100; index++)
      connections.release(atOnce(connections.acquire(stranger(`junk-${index}`))), true);
    expect(good.filter(({ isOpen }) => isOpen)).toHaveLength(6);
  });

  test("wait behind every accepted credential", async () => {
    const { connections } = start(4);
    const held = Array.from({ length: 4 }, () => atOnce(connections.acquire(request("good"))));
    const turns: string[] = [];
    noteTurns(turns, "stranger", connections.acquire(stranger("junk")));
    noteTurns(turns, "good", connections.acquire(request("good")));
    for (const connection of held.slice(0, 2)) {
      connections.release(connection, true);
      await settled();
    }
    expect(turns).toEqual(["good", "stranger"]);
  });

  test("are served in turn by credential, then by address", async () => {
    const { connections } = start(12);
    const flood = Array.from({ length: 3 }, () =>
      atOnce(connections.acquire(stranger("junk", { operation: startOperation("j") }))),
    );
    const turns: string[] = [];
    for (let index = 0; index < 3; index++)
      noteTurns(turns, "junk", connections.acquire(stranger("junk", { operation: startOperation("j") })));
    for (let index = 0; index < 3; index++)
      noteTurns(
        turns,
        `junk-${index}`,
        connections.acquire(stranger(`junk-${index}`, { operation: startOperation("j") })),
      );
    noteTurns(turns, "good", connections.acquire(stranger("good", { operation: startOperation("g") })));
    for (const connection of flood.slice(0, 2)) {
      connections.release(connection, true);
      await settled();
    }
    expect(turns).toEqual(["good", "junk-0"]);
  });

  test.each([1, 4, 8])(
    "are served in turn by credential where there are more keys than connections: %d",
    async (max) => {
      const { connections } = start(max);
      let held = Array.from({ length: Math.max(1, max / 4) }, () =>
        atOnce(connections.acquire(stranger("junk"))),
      );
      const turns: string[] = [];
      const kept: Fake[] = [];
      for (let index = 0; index < 20; index++)
        noteTurns(turns, "junk", connections.acquire(stranger("junk")), kept);
      for (const name of ["a", "b", "c"])
        for (let index = 0; index < 5; index++)
          noteTurns(turns, name, connections.acquire(stranger(name)), kept);
      for (let index = 0; index < 8; index++) {
        const [first, ...others] = held;
        if (first !== undefined) connections.release(first, true);
        await settled();
        held = [...others, ...kept.splice(0)];
      }
      expect(turns.filter((turn) => turn === "junk").length).toBeLessThanOrEqual(2);
    },
  );

  test("no longer wait behind accepted credentials when Bird has accepted their key", async () => {
    const { connections } = start(4);
    const held = Array.from({ length: 4 }, () => atOnce(connections.acquire(request("good"))));
    const turns: string[] = [];
    noteTurns(turns, "junk", connections.acquire(stranger("junk")));
    for (let index = 0; index < 2; index++) {
      noteTurns(turns, "new", connections.acquire(stranger("new")));
      noteTurns(turns, "elsewhere", connections.acquire(stranger("new", { workspaceId: "v" })));
    }
    noteTurns(turns, "good", connections.acquire(request("good", { workspaceId: "u" })));
    connections.accept({ credentialId: "new", workspaceId: "w" });
    for (const connection of held) {
      connections.release(connection, true);
      await settled();
    }
    expect(turns).toEqual(["good", "new", "new", "junk"]);
  });

  test("lose a request of the key with the most when a thousand wait: another key from the same address gets in", async () => {
    const { connections } = start(4);
    const held = atOnce(connections.acquire(stranger("junk", { operation: startOperation("balancer") })));
    const rejected: string[] = [];
    const turns: string[] = [];
    const wait = (name: string) => {
      const acquired = connections.acquire(stranger(name, { operation: startOperation("balancer") }));
      void Promise.resolve(acquired).then((result) => {
        if ("kind" in result) rejected.push(name);
        else turns.push(name);
      });
    };
    for (let index = 0; index < 1000; index++) wait("junk");
    wait("good");
    await settled();
    expect(rejected).toEqual(["junk"]);
    connections.release(held, true);
    await settled();
    expect(turns).toEqual(["junk"]);
  });

  test("wait a thousand at most: then those go that come with the key, or from the address, that has the most waiting", async () => {
    const { connections } = start(4);
    const held = atOnce(connections.acquire(stranger("junk", { operation: startOperation("j") })));
    const rejected: string[] = [];
    const turns: string[] = [];
    noteTurns(turns, "good", connections.acquire(stranger("good", { operation: startOperation("g") })));
    for (let index = 0; index < 1500; index++) {
      const name = `junk-${index}`;
      void Promise.resolve(connections.acquire(stranger(name, { operation: startOperation("j") }))).then(
        (result) => {
          if ("kind" in result) rejected.push(result.reason);
        },
      );
    }
    await settled();
    expect(rejected).toHaveLength(501);
    expect(new Set(rejected)).toEqual(new Set(["noConnection"]));
    connections.release(held, true);
    await settled();
    expect(turns).toEqual(["good"]);
  });
});

describe("closing", () => {
  test("waits for what is in use, and closes what is idle", async () => {
    const { connections, openCount } = start(3);
    const idle = atOnce(connections.acquire(request("a")));
    const busy = atOnce(connections.acquire(request("b")));
    connections.release(idle, true);
    const closed = connections.close();
    await settled();
    expect(busy.isOpen).toBe(true);
    connections.release(busy, true);
    await closed;
    expect(openCount()).toBe(0);
  });
});
