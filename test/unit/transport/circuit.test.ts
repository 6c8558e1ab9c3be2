import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Circuit, type CircuitState, type Verdict } from "../../../src/transport/circuit.ts";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function run(circuit: Circuit, verdict: Verdict, times = 1): void {
  for (let call = 0; call < times; call++) circuit.enter()?.end(verdict);
}

/** Whether a call is kept back; one that is let through shows nothing. */
function isOpen(circuit: Circuit): boolean {
  const entry = circuit.enter();
  entry?.end("neither");
  return entry === null;
}

function openCircuit(onChange: (state: CircuitState) => void = () => undefined): Circuit {
  const circuit = new Circuit(onChange);
  run(circuit, "failure", 20);
  return circuit;
}

describe("a closed circuit", () => {
  test("opens at twenty failures", () => {
    const circuit = new Circuit(() => undefined);
    run(circuit, "failure", 19);
    expect(isOpen(circuit)).toBe(false);
    run(circuit, "failure");
    expect(isOpen(circuit)).toBe(true);
  });

  test("never opens at calls that showed nothing", () => {
    const circuit = new Circuit(() => undefined);
    run(circuit, "neither", 100);
    run(circuit, "failure", 19);
    expect(isOpen(circuit)).toBe(false);
  });

  test("is not kept closed by calls that showed nothing", () => {
    const circuit = new Circuit(() => undefined);
    run(circuit, "neither", 100);
    run(circuit, "failure", 20);
    expect(isOpen(circuit)).toBe(true);
  });

  test("opens when half of the calls failed, and not at less", () => {
    const circuit = new Circuit(() => undefined);
    run(circuit, "success", 20);
    run(circuit, "failure", 19);
    expect(isOpen(circuit)).toBe(false);
    run(circuit, "failure", 2);
    expect(isOpen(circuit)).toBe(true);
  });

  test("forgets what is older than ten seconds", () => {
    const circuit = new Circuit(() => undefined);
    run(circuit, "failure", 19);
    jest.advanceTimersByTime(10_000);
    run(circuit, "failure", 19);
    expect(isOpen(circuit)).toBe(false);
  });
});

describe("an open circuit", () => {
  test("lets no call through for five seconds, and tells how long that is", () => {
    const circuit = openCircuit();
    expect(circuit.retryAfterMs()).toBe(5000);
    jest.advanceTimersByTime(4999);
    expect(circuit.enter()).toBeNull();
    jest.advanceTimersByTime(1);
    expect(circuit.enter()?.isProbe).toBe(true);
    expect(circuit.retryAfterMs()).toBe(0);
  });

  test("lets one call through as a probe, and no other meanwhile", () => {
    const circuit = openCircuit();
    jest.advanceTimersByTime(5000);
    const probe = circuit.enter();
    expect(circuit.enter()).toBeNull();
    jest.advanceTimersByTime(60_000);
    expect(circuit.enter()).toBeNull();
    probe?.end("success");
    expect(circuit.enter()?.isProbe).toBe(false);
  });

  test("stays open for another five seconds when the probe fails", () => {
    const circuit = openCircuit();
    jest.advanceTimersByTime(5000);
    run(circuit, "failure");
    jest.advanceTimersByTime(4999);
    expect(circuit.enter()).toBeNull();
    jest.advanceTimersByTime(1);
    expect(circuit.enter()).not.toBeNull();
  });

  test("makes the next call the probe when a probe showed nothing", () => {
    const circuit = openCircuit();
    jest.advanceTimersByTime(5000);
    run(circuit, "neither");
    expect(circuit.enter()?.isProbe).toBe(true);
  });

  test("is neither closed nor kept open by calls that began before it opened", () => {
    const circuit = new Circuit(() => undefined);
    const [early, late] = [circuit.enter(), circuit.enter()];
    run(circuit, "failure", 20);
    early?.end("success");
    expect(circuit.enter()).toBeNull();
    jest.advanceTimersByTime(5000);
    run(circuit, "success");
    late?.end("failure");
    run(circuit, "failure", 19);
    expect(isOpen(circuit)).toBe(false);
  });

  test("forgets the failures that opened it once a probe succeeds", () => {
    const circuit = openCircuit();
    jest.advanceTimersByTime(5000);
    run(circuit, "success");
    run(circuit, "failure", 19);
    expect(isOpen(circuit)).toBe(false);
  });

  test("tells each change of its state", () => {
    const states: CircuitState[] = [];
    const circuit = openCircuit((state) => states.push(state));
    jest.advanceTimersByTime(5000);
    run(circuit, "failure");
    jest.advanceTimersByTime(5000);
    run(circuit, "success");
    expect(states).toEqual(["open", "probing", "open", "probing", "closed"]);
  });
});
