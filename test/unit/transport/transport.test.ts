import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Operation } from "../../../src/operation/operation.ts";
import { timers } from "../../../src/operation/timers.ts";
import type {
  CallResult,
  InterruptReason,
  NoResponse,
  Response,
  UpstreamRequest,
} from "../../../src/transport/call.ts";
import { Circuit } from "../../../src/transport/circuit.ts";
import type { AttemptOptions, HttpClient } from "../../../src/transport/http/http-client.ts";
import type { Permit } from "../../../src/transport/limiter/limiter.ts";
import { LinkedList } from "../../../src/transport/linked-list.ts";
import { RetryShare } from "../../../src/transport/retry-share.ts";
import { GuardedTransport } from "../../../src/transport/transport.ts";

const ATTEMPT_TIMEOUT_MS = 3000;

const operations: Operation[] = [];
beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(async () => {
  await jest.advanceTimersByTimeAsync(60_000);
  for (const operation of operations.splice(0)) operation.close();
  expect(timers.size).toBe(0);
  jest.useRealTimers();
});

function start(deadlineMs = 10_000, maxCalls = Infinity): Operation {
  const operation = new Operation({ deadlineMs, maxCalls });
  operations.push(operation);
  return operation;
}

const read: UpstreamRequest = {
  method: "GET",
  effect: "read",
  path: "/workspaces/w/x",
  pathTemplate: "/workspaces/{workspaceId}/x",
  workspaceId: "w",
  credentialId: "c",
  authorization: "AccessKey canary",
};
const update: UpstreamRequest = { ...read, method: "PATCH", effect: "write" };

const response = (status: number, retryAfterMs: number | null = null): Response => ({
  kind: "response",
  status,
  body: { kind: "empty" },
  retryAfterMs,
});
const noResponse = (reason: InterruptReason, rest: Partial<NoResponse> = {}): NoResponse => ({
  kind: "noResponse",
  reason,
  sent: true,
  cause: reason === "unavailable" ? "reset" : null,
  staleConnection: false,
  ...rest,
});

type Ending = Response | NoResponse | "never";

/** How Bird answers: after a latency, and only once the call is written. */
class FakeBird {
  /** What the calls to come get, the last one again and again. */
  endings: Ending[] = [response(200)];
  latencyMs = 60;
  /** Whether calls are written at once, or not before their connection is there. */
  connects = true;
  /** Called for by each attempt: whether the connection must be a new one. */
  readonly fresh: boolean[] = [];
  written = 0;
  /** How many connections were returned unused. */
  released = 0;

  readonly http: HttpClient = {
    acquire: ({ fresh }) => {
      this.fresh.push(fresh);
      const release = () => {
        this.released++;
      };
      return { release, kind: "connection" } as unknown as ReturnType<HttpClient["acquire"]>;
    },
    attempt: (_request, options) => this.#attempt(options),
    accept: () => undefined,
    close: () => Promise.resolve(),
  };

  #attempt({ signal, onWritten, onStatus }: AttemptOptions): Promise<Response | NoResponse> {
    const ending = this.endings.length > 1 ? this.endings.shift() : this.endings[0];
    return new Promise((resolve) => {
      const connects = this.connects;
      if (connects) {
        this.written++;
        onWritten();
      }
      const stop = (reason: InterruptReason) => {
        clearTimeout(timer);
        resolve(noResponse(reason, { sent: connects }));
      };
      const timer = setTimeout(() => {
        if (ending === "never" || ending === undefined || !connects) return;
        signal.unlisten(stop);
        if (ending.kind === "response") onStatus(ending);
        resolve(ending);
      }, this.latencyMs);
      signal.listen(stop);
    });
  }
}

/** A transport to a fake Bird, with as many permits as are wanted unless a test takes them away. */
function create() {
  const bird = new FakeBird();
  const permits = {
    acquired: 0,
    released: 0,
    refunded: 0,
    answered: 0,
    areFree: true,
    lapsing: 0,
    areProbes: false,
  };
  const waiting: ((permit: Permit) => void)[] = [];
  const permit = (): Permit => ({
    kind: "permit",
    isProbe: permits.areProbes,
    confirm: () => permits.lapsing-- <= 0,
    release: () => permits.released++,
    refund: () => permits.refunded++,
    answered: () => permits.answered++,
  });
  const circuit = new Circuit(() => undefined);
  const retries = new RetryShare();
  const transport = new GuardedTransport({
    http: bird.http,
    limiter: {
      acquire: ({ operation }) => {
        permits.acquired++;
        if (permits.areFree) return permit();
        return new Promise((resolve) => {
          waiting.push(resolve);
          operation.listen((reason) => {
            resolve({ kind: "notSent", reason, retryAfterMs: null });
          });
        });
      },
    },
    credentials: { isAccepted: () => true },
    workspaces: { of: () => ({ circuit, retries }) },
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    running: new LinkedList(),
  });
  const givePermits = () => {
    for (const give of waiting.splice(0)) give(permit());
  };
  return { bird, permits, circuit, retries, transport, givePermits };
}

type World = ReturnType<typeof create>;

/** Makes calls one after another, in time enough for each. */
async function sendAll({ transport }: World, count: number, request = read): Promise<CallResult[]> {
  const sent = Array.from({ length: count }, () => transport.send(request, start()));
  await jest.advanceTimersByTimeAsync(30_000);
  return Promise.all(sent);
}

const isOpen = ({ circuit }: World) => {
  const entry = circuit.enter();
  entry?.end("neither");
  return entry === null;
};

/** A world whose circuit has just opened. */
async function createOpen(): Promise<World> {
  const world = create();
  world.bird.endings = [response(404), response(503)];
  const sent = Array.from({ length: 20 }, () => world.transport.send(update, start()));
  await jest.advanceTimersByTimeAsync(100);
  await Promise.all(sent);
  expect(isOpen(world)).toBe(true);
  world.bird.endings = [response(200)];
  world.bird.written = 0;
  return world;
}

describe("an operation that is over", () => {
  test.each(["left", "expired"] as const)("begins no call when it has %s", async (end) => {
    const { transport, permits, bird } = create();
    const operation = start(end === "expired" ? 10 : 10_000);
    if (end === "left") operation.leave();
    await jest.advanceTimersByTimeAsync(10);
    for (const request of [read, update])
      expect(await transport.send(request, operation)).toEqual({
        kind: "notSent",
        reason: end,
        retryAfterMs: null,
      });
    expect([permits.acquired, bird.written]).toEqual([0, 0]);
  });

  test("sends nothing when it ends while it waits for a permit, and gives back one that comes all the same", async () => {
    const { transport, permits, bird, givePermits } = create();
    permits.areFree = false;
    const operation = start();
    const sent = transport.send(read, operation);
    await jest.advanceTimersByTimeAsync(10);
    operation.leave();
    givePermits();
    expect(await sent).toMatchObject({ kind: "notSent", reason: "left" });
    expect(bird.written).toBe(0);
  });

  test("begins no call with a permit that has lapsed when it ends", async () => {
    const { transport, permits, bird } = create();
    const operation = start();
    permits.lapsing = 1;
    const sent = transport.send(read, operation);
    permits.areFree = false;
    await jest.advanceTimersByTimeAsync(10);
    operation.leave();
    expect(await sent).toMatchObject({ kind: "notSent", reason: "left" });
    expect([permits.refunded, bird.released, bird.written]).toEqual([1, 1, 0]);
  });

  test("ends its read on the wire, and tries no second time", async () => {
    const { transport, bird } = create();
    bird.endings = ["never"];
    const operation = start();
    const sent = transport.send(read, operation);
    await jest.advanceTimersByTimeAsync(10);
    operation.leave();
    expect(await sent).toMatchObject({ kind: "noResponse", reason: "left" });
    await jest.advanceTimersByTimeAsync(10_000);
    expect(bird.written).toBe(1);
  });

  test("begins no retry after its pause", async () => {
    const { transport, bird } = create();
    bird.endings = [response(503, 5000)];
    const operation = start();
    const sent = transport.send(read, operation);
    await jest.advanceTimersByTimeAsync(100);
    operation.leave();
    expect(await sent).toMatchObject({ status: 503 });
    expect(bird.written).toBe(1);
  });

  test("has its update finished that is on the wire, and waits for it when its caller left", async () => {
    const { transport, bird } = create();
    const operation = start();
    const sent = transport.send(update, operation);
    await jest.advanceTimersByTimeAsync(10);
    operation.leave();
    await jest.advanceTimersByTimeAsync(50);
    expect(await sent).toEqual(response(200));
    expect(bird.written).toBe(1);
  });

  test("is answered when it expires, although its update on the wire is not", async () => {
    const { transport, bird } = create();
    bird.latencyMs = 500;
    const sent = transport.send(update, start(100));
    await jest.advanceTimersByTimeAsync(100);
    expect(await sent).toMatchObject({ kind: "noResponse", reason: "expired", sent: true });
  });

  test("has no update written whose connection comes too late", async () => {
    const { transport, bird } = create();
    bird.connects = false;
    const operation = start();
    const sent = transport.send(update, operation);
    await jest.advanceTimersByTimeAsync(10);
    operation.leave();
    expect(await sent).toMatchObject({ kind: "noResponse", reason: "left", sent: false });
  });

  test("keeps the calls that were not made", async () => {
    const world = await createOpen();
    const operation = start(10_000, 5);
    expect(await world.transport.send(read, operation)).toMatchObject({ reason: "circuitOpen" });
    expect(operation.callsLeft()).toBe(5);
  });
});

describe("the circuit", () => {
  test("opens neither at calls that wait too long for a permit, nor at those whose operation expires on the wire", async () => {
    const world = create();
    world.bird.latencyMs = 1000;
    const sent = Array.from({ length: 100 }, () => world.transport.send(update, start(900)));
    world.permits.areFree = false;
    sent.push(...Array.from({ length: 100 }, () => world.transport.send(update, start(900))));
    await jest.advanceTimersByTimeAsync(2000);
    await Promise.all(sent);
    expect(isOpen(world)).toBe(false);
  });

  test("opens at 150 callers who leave a Bird that has been silent for half of the attempt's time", async () => {
    const world = create();
    world.bird.endings = ["never"];
    const leaving = Array.from({ length: 150 }, () => start());
    for (const operation of leaving) void world.transport.send(read, operation);
    await jest.advanceTimersByTimeAsync(2000);
    for (const operation of leaving) operation.leave();
    await jest.advanceTimersByTimeAsync(0);
    expect(isOpen(world)).toBe(true);
  });

  test("is neither opened nor kept shut by callers who leave before that", async () => {
    const world = create();
    world.bird.endings = ["never"];
    const leaving = Array.from({ length: 150 }, () => start());
    for (const operation of leaving) void world.transport.send(read, operation);
    await jest.advanceTimersByTimeAsync(1400);
    for (const operation of leaving) operation.leave();
    await jest.advanceTimersByTimeAsync(0);
    expect(isOpen(world)).toBe(false);
    for (let failures = 0; failures < 20; failures++) world.circuit.enter()?.end("failure");
    expect(isOpen(world)).toBe(true);
  });

  test("opens at attempts that used up their own time", async () => {
    const world = create();
    world.bird.endings = ["never"];
    const sent = Array.from({ length: 20 }, () => world.transport.send(update, start()));
    await jest.advanceTimersByTimeAsync(ATTEMPT_TIMEOUT_MS);
    expect((await Promise.all(sent)).every((result) => result.kind === "noResponse")).toBe(true);
    expect(isOpen(world)).toBe(true);
  });

  test("holds back the calls that have waited for a permit while it opened", async () => {
    const world = create();
    world.bird.endings = [response(503)];
    const sent = Array.from({ length: 20 }, () => world.transport.send(update, start()));
    world.permits.areFree = false;
    const waiting = world.transport.send(update, start());
    await jest.advanceTimersByTimeAsync(100);
    await Promise.all(sent);
    const { refunded } = world.permits;
    world.givePermits();
    expect(await waiting).toMatchObject({ kind: "notSent", reason: "circuitOpen" });
    expect([world.bird.written, world.permits.refunded - refunded]).toEqual([20, 1]);
  });

  test("opens at connections that break, and not at stale ones, also where they are updates'", async () => {
    const world = create();
    world.bird.endings = [noResponse("unavailable", { staleConnection: true })];
    await sendAll(world, 50, update);
    expect(isOpen(world)).toBe(false);
    world.bird.endings = [noResponse("unavailable")];
    const sent = Array.from({ length: 20 }, () => world.transport.send(update, start()));
    await jest.advanceTimersByTimeAsync(100);
    await Promise.all(sent);
    expect(isOpen(world)).toBe(true);
  });
});

describe("a probe", () => {
  test("runs to its own end when its caller leaves, and closes the circuit", async () => {
    const world = await createOpen();
    await jest.advanceTimersByTimeAsync(5000);
    const leaving = start();
    const sent = world.transport.send(read, leaving);
    await jest.advanceTimersByTimeAsync(10);
    leaving.leave();
    expect(await sent).toMatchObject({ kind: "noResponse", reason: "left" });
    await jest.advanceTimersByTimeAsync(50);
    expect(isOpen(world)).toBe(false);
    expect(world.bird.written).toBe(1);
  });

  test("of a pause runs to its own end as well, so that the pause ends", async () => {
    const world = create();
    world.permits.areProbes = true;
    const leaving = start();
    const sent = world.transport.send(read, leaving);
    await jest.advanceTimersByTimeAsync(10);
    leaving.leave();
    expect(await sent).toMatchObject({ kind: "noResponse", reason: "left" });
    await jest.advanceTimersByTimeAsync(50);
    expect(world.permits.answered).toBe(1);
  });

  test("uses up its own time before a Bird that hangs, and keeps the circuit open", async () => {
    const world = await createOpen();
    await jest.advanceTimersByTimeAsync(5000);
    world.bird.endings = ["never"];
    const leaving = start();
    void world.transport.send(read, leaving);
    await jest.advanceTimersByTimeAsync(10);
    leaving.leave();
    await jest.advanceTimersByTimeAsync(ATTEMPT_TIMEOUT_MS);
    expect(world.circuit.retryAfterMs()).toBe(4990);
  });

  test("leaves the next call to be the probe when its caller leaves before it is sent", async () => {
    const world = await createOpen();
    await jest.advanceTimersByTimeAsync(5000);
    world.permits.areFree = false;
    const leaving = start();
    const sent = world.transport.send(read, leaving);
    await jest.advanceTimersByTimeAsync(10);
    leaving.leave();
    await sent;
    world.permits.areFree = true;
    const honest = world.transport.send(read, start());
    await jest.advanceTimersByTimeAsync(60);
    expect(await honest).toEqual(response(200));
  });
});

test.each([1, 2])(
  "a call whose permit has lapsed while it waited for a connection waits for both again: %d times",
  async (times) => {
    const { transport, permits, bird } = create();
    permits.lapsing = times;
    const sent = transport.send(read, start());
    await jest.advanceTimersByTimeAsync(100);
    expect(await sent).toEqual(response(200));
    expect([permits.acquired, permits.refunded, bird.released]).toEqual([times + 1, times, times]);
    expect(bird.written).toBe(1);
  },
);

describe("a retry", () => {
  test.each([null, 0])(
    "after a 429 that asks for a wait of %j comes a second later",
    async (retryAfterMs) => {
      const { transport, bird } = create();
      bird.endings = [response(429, retryAfterMs), response(200)];
      const sent = transport.send(read, start());
      await jest.advanceTimersByTimeAsync(1000);
      expect(bird.written).toBe(1);
      await jest.advanceTimersByTimeAsync(1000);
      expect([await sent, bird.written]).toEqual([response(200), 2]);
    },
  );

  test("uses a fresh connection, and a permit of its own", async () => {
    const world = create();
    world.bird.endings = [response(503), response(200)];
    expect(await sendAll(world, 1)).toEqual([response(200)]);
    expect(world.bird.fresh).toEqual([false, true]);
    expect(world.permits).toMatchObject({ acquired: 2, released: 4 });
  });

  test("is out of a tenth of the calls that were made: those that were not sent do not count", async () => {
    const world = create();
    const gone = start();
    gone.leave();
    for (let call = 0; call < 1000; call++) await world.transport.send(read, gone);
    world.bird.endings = [response(503)];
    const sent = Array.from({ length: 10 }, () => world.transport.send(read, start()));
    await jest.advanceTimersByTimeAsync(1000);
    await Promise.all(sent);
    expect(world.bird.written).toBe(10 + 3);
  });

  test("that is not sent gives its share back, and the attempt before it is reported", async () => {
    const world = create();
    world.bird.endings = [response(503)];
    const operation = start(10_000, 1);
    const sent = world.transport.send(read, operation);
    await jest.advanceTimersByTimeAsync(1000);
    expect(await sent).toMatchObject({ status: 503 });
    expect([1, 2, 3, 4].map(() => world.retries.take())).toEqual([true, true, true, false]);
  });
});

describe("a read on a connection that had died while it was idle", () => {
  const stale = noResponse("unavailable", { staleConnection: true });

  test("is sent again at once on a fresh one, at no expense but a permit", async () => {
    const world = create();
    world.bird.endings = [stale, response(200)];
    const operation = start(10_000, 1);
    const sent = world.transport.send(read, operation);
    await jest.advanceTimersByTimeAsync(120);
    expect(await sent).toEqual(response(200));
    expect(world.bird.fresh).toEqual([false, true]);
    expect(world.permits.acquired).toBe(2);
    expect([1, 2, 3, 4].map(() => world.retries.take())).toEqual([true, true, true, false]);
  });

  test("is not sent again when its operation is over", async () => {
    const world = create();
    world.bird.endings = [stale, response(200)];
    const sent = world.transport.send(read, start(60));
    await jest.advanceTimersByTimeAsync(200);
    await sent;
    expect(world.bird.written).toBe(1);
  });

  test("is sent again only as a read: an update is lost, and not sent again", async () => {
    const world = create();
    world.bird.endings = [stale, response(200)];
    expect(await sendAll(world, 1, update)).toEqual([stale]);
    expect(world.bird.written).toBe(1);
  });
});
