// The circuit breaker of one workspace: spares a Bird that fails, and answers at once while it does.
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  handleWhenResult,
  type CircuitBreakerPolicy,
  type IBreaker,
} from "cockatiel";
import * as events from "../observability/events.ts";
import { isUpstreamTrouble, type Outcome, type Refused } from "./call.ts";
import { SlidingCounter } from "./sliding-counter.ts";

const HALF_OPEN_AFTER_MS = 5000;
const MINIMUM_CALLS = 20;
const FAILING_SHARE = 0.5;

/** What a call is told while the breaker is open: it was not made. */
export const circuitOpen: Refused = { kind: "refused", reason: "circuitOpen", retryAfterMs: null };

export interface Breaker {
  /** Makes the call, or refuses it without making it. */
  run(call: () => Promise<Outcome>): Promise<Outcome>;
}

/**
 * Opens when half of at least 20 calls in 10 s failed; after 5 s it lets one call through, which decides. Only 5xx,
 * timeouts and connection failures count: a 4xx is an answer.
 */
export function createBreaker(workspaceId: string): Breaker {
  const policy: CircuitBreakerPolicy = circuitBreaker(
    handleWhenResult((outcome) => isFailure(outcome as Outcome, policy.state)),
    { halfOpenAfter: HALF_OPEN_AFTER_MS, breaker: new FailingShare() },
  );
  policy.onStateChange((state) => {
    events.breakerChanged({ workspaceId, state: stateNames[state] });
  });
  return {
    run: async (call) => {
      // cockatiel would keep everybody waiting for the probe.
      if (policy.state === CircuitState.HalfOpen) return circuitOpen;
      try {
        return await policy.execute(call);
      } catch (error) {
        if (error instanceof BrokenCircuitError) return circuitOpen;
        throw error;
      }
    },
  };
}

const stateNames = {
  [CircuitState.Closed]: "closed",
  [CircuitState.Open]: "open",
  [CircuitState.HalfOpen]: "halfOpen",
  [CircuitState.Isolated]: "isolated",
} as const;

function isFailure(outcome: Outcome, state: CircuitState): boolean {
  // A call that was not made, or whose caller left, says nothing about Bird; but nor has such a probe shown it to be well.
  const saysNothing =
    outcome.kind === "refused" || (outcome.kind === "noAnswer" && outcome.reason === "cancelled");
  if (saysNothing) return state === CircuitState.HalfOpen;
  return isUpstreamTrouble(outcome);
}

/** Not cockatiel's SamplingBreaker: that one forgets old calls only as new ones come in, however long ago they were. */
class FailingShare implements IBreaker {
  readonly #calls = new SlidingCounter();
  readonly #failures = new SlidingCounter();
  /** cockatiel's hook for keeping a breaker across restarts; this one starts closed. */
  state: unknown = undefined;

  success(state: CircuitState): void {
    if (state === CircuitState.HalfOpen) {
      this.#calls.reset();
      this.#failures.reset();
    }
    this.#calls.add();
  }

  failure(): boolean {
    this.#calls.add();
    this.#failures.add();
    const calls = this.#calls.total();
    return calls >= MINIMUM_CALLS && this.#failures.total() >= FAILING_SHARE * calls;
  }
}
