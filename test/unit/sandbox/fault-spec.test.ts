// The language of the faults.
import { describe, expect, test } from "@jest/globals";
import { InvalidFault, parseFault } from "../../../src/sandbox/fault-spec.ts";

describe("a fault spec", () => {
  test.each([
    ["latency=200", { latencyMs: 200, effect: { kind: "none" }, applied: false, oddities: [] }],
    ["reset", { latencyMs: 0, effect: { kind: "reset" }, applied: false, oddities: [] }],
    ["hang;applied", { latencyMs: 0, effect: { kind: "hang" }, applied: true, oddities: [] }],
    [
      "continue;bom",
      { latencyMs: 0, effect: { kind: "none" }, applied: false, oddities: ["continue", "bom"] },
    ],
    [" latency=5 ; reset ", { latencyMs: 5, effect: { kind: "reset" }, applied: false, oddities: [] }],
  ])("reads %j", (spec, fault) => {
    expect(parseFault(spec)).toStrictEqual(fault);
  });

  test.each([
    ["status=503", { status: 503, body: "error", retryAfter: null }],
    ["status=429;retry-after=1.5", { status: 429, body: "error", retryAfter: "1.5" }],
    [
      "retry-after=Wed, 21 Oct 2015 07:28:00 GMT;status=503;html",
      { status: 503, body: "html", retryAfter: "Wed, 21 Oct 2015 07:28:00 GMT" },
    ],
    ["malformed", { status: 200, body: "malformed", retryAfter: null }],
    ["status=404;malformed", { status: 404, body: "malformed", retryAfter: null }],
    ["html", { status: 200, body: "html", retryAfter: null }],
    ["empty;status=502", { status: 502, body: "empty", retryAfter: null }],
  ])("reads the response in %j", (spec, response) => {
    expect(parseFault(spec).effect).toStrictEqual({ kind: "response", ...response });
  });

  test.each([
    ["", 'Unknown fault ""'],
    ["reset;", 'Unknown fault ""'],
    ["explode", 'Unknown fault "explode"'],
    ["reset=1", 'Unknown fault "reset=1"'],
    ["constructor=1", 'Unknown fault "constructor=1"'],
    ["latency", 'Unknown fault "latency"'],
    ["latency=-1", 'Bad value in fault "latency=-1"'],
    ["latency=1e3", 'Bad value in fault "latency=1e3"'],
    ["status=100", 'Bad value in fault "status=100"'],
    ["status=600", 'Bad value in fault "status=600"'],
    ["status=503;retry-after=", 'Bad value in fault "retry-after="'],
    ["status=503;retry-after=1\r\nx: y", "Bad value in fault"],
    ["status=503;status=500", 'Fault "status" is given twice'],
    ["reset;hang", '"reset" and "hang" exclude each other'],
    ["reset;status=500", '"reset" and "status" exclude each other'],
    ["retry-after=1", '"retry-after" needs "status"'],
    ["applied", '"applied" needs something'],
    ["latency=1;applied", '"applied" needs something'],
  ])("rejects %j and says why", (spec, message) => {
    expect(() => parseFault(spec)).toThrow(InvalidFault);
    expect(() => parseFault(spec)).toThrow(message);
  });
});
