// Callers of a limiter: operations that want permits, and an account of what they got.
import { Operation } from "../../../../src/operation/operation.ts";
import type { NotSent } from "../../../../src/transport/call.ts";
import { Credentials } from "../../../../src/transport/limiter/credentials.ts";
import type { Permit, PermitRequest } from "../../../../src/transport/limiter/limiter.ts";
import { Strangers } from "../../../../src/transport/strangers.ts";
import { MemoryLimiter } from "../../../../src/transport/limiter/memory-limiter.ts";

const quotas = { readsPerSecond: 50, writesPerSecond: 500 };

type Answer = Parameters<Permit["answered"]>[0];

/** What one caller wants. */
export type Want = Partial<Omit<PermitRequest, "operation">> & {
  operation?: Operation;
  /** How many calls. */
  calls?: number;
  /** What Bird answers to each of them. */
  answer?: Partial<Answer> | null;
};

export class Crowd {
  readonly credentials: Credentials;
  readonly limiter: MemoryLimiter;
  /** Who was let through, in order, by credential. */
  readonly served: string[] = [];
  readonly #operations: Operation[] = [];

  constructor({ areHeld = false, readsPerSecond = quotas.readsPerSecond } = {}) {
    this.credentials = new Credentials({ areHeld, strangers: new Strangers() });
    this.limiter = new MemoryLimiter({ ...quotas, readsPerSecond }, this.credentials);
  }

  operation(deadlineMs = 10_000): Operation {
    const operation = new Operation({ deadlineMs });
    this.#operations.push(operation);
    return operation;
  }

  /** Makes calls, which are written at once and answered at once. */
  async call({ calls = 1, answer = { status: 200 }, ...want }: Want = {}) {
    const asked = this.ask({ calls, ...want });
    await Promise.resolve();
    for (const permit of asked.permits) settle(permit, answer);
    asked.onPermit = (permit) => {
      settle(permit, answer);
    };
    return asked;
  }

  /** Asks for permits and holds them. */
  ask({ calls = 1, operation = this.operation(), ...want }: Want = {}) {
    const request = { workspaceId: "w", credentialId: "known", effect: "read" as const, ...want, operation };
    const asked = {
      permits: [] as Permit[],
      rejected: [] as NotSent[],
      operation,
      onPermit: (() => undefined) as (permit: Permit) => void,
    };
    const note = (result: Permit | NotSent) => {
      if (result.kind === "notSent") asked.rejected.push(result);
      else {
        this.served.push(request.credentialId);
        asked.permits.push(result);
        asked.onPermit(result);
      }
    };
    for (let call = 0; call < calls; call++) {
      const result = this.limiter.acquire(request);
      if (result instanceof Promise) void result.then(note);
      else note(result);
    }
    return asked;
  }

  /** Makes Bird accept a credential. */
  accept(credentialId: string, workspaceId = "w"): void {
    this.credentials.learn({ workspaceId, credentialId }, 200, 0);
  }

  close(): void {
    for (const operation of this.#operations) operation.close();
  }
}

function settle(permit: Permit, answer: Partial<Answer> | null): void {
  if (!permit.confirm()) throw new Error("the permit has lapsed");
  permit.release();
  if (answer !== null) permit.answered({ status: 200, retryAfterMs: null, ...answer });
}
