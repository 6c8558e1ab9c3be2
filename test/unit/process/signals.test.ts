import { afterEach, expect, jest, test } from "@jest/globals";
import { Signals } from "../../../src/process/signals.ts";

const handled = ["SIGTERM", "SIGINT", "SIGHUP"] as const;
const before = handled.map((signal) => process.listeners(signal));
afterEach(() => {
  for (const [index, signal] of handled.entries())
    for (const listener of process.listeners(signal))
      if (before[index]?.includes(listener) === false) process.off(signal, listener);
});

/** The signals of a process with this many terminals among its standard streams. */
function start(terminals: number) {
  const terminal = { open: terminals };
  const signals = new Signals(() => terminal.open);
  const stop = jest.fn();
  const reload = jest.fn();
  signals.listen(stop, reload);
  return { terminal, stop, reload };
}

test.each([0, 3])("SIGHUP reloads a process with %d open terminals", (terminals) => {
  const { stop, reload } = start(terminals);
  process.emit("SIGHUP", "SIGHUP");
  expect(reload).toHaveBeenCalledTimes(1);
  expect(stop).not.toHaveBeenCalled();
});

test("SIGHUP stops a process whose terminal has been closed", () => {
  const { terminal, stop, reload } = start(3);
  terminal.open = 0;
  process.emit("SIGHUP", "SIGHUP");
  process.emit("SIGHUP", "SIGHUP");
  expect(stop.mock.calls).toEqual([["SIGHUP"]]);
  expect(reload).not.toHaveBeenCalled();
});
