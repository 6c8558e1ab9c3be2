// A minimal upstream: it returns the same participant every time, under the requested address.
import { createServer } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers";
import { serve } from "./serve.js";

const headers = { "content-type": "application/json" };
const notFound = JSON.stringify({ code: "ResourceNotFound", message: "The participant does not exist." });

let calls = 0;
/** How many reads a second are answered; the others wait for their turn, where Bird would answer 429. */
const readsPerSecond = Number(process.env["READS_PER_SECOND"] ?? Infinity);
let nextTurn = 0;

/** @param {() => void} answer */
function inTurn(answer) {
  if (readsPerSecond === Infinity) {
    answer();
    return;
  }
  nextTurn = Math.max(nextTurn, performance.now()) + 1000 / readsPerSecond;
  setTimeout(answer, nextTurn - performance.now());
}

const page = JSON.stringify({
  results: Array.from({ length: 100 }, (_, index) =>
    participant("emailaddress", `customer-${index}@example.com`),
  ),
  total: 100,
  totalType: "exact",
});

serve(
  "upstream",
  createServer((request, response) => {
    // Not part of Bird's API: the number of calls so far, for the report.
    if (request.url === "/calls") {
      response.end(String(calls));
      return;
    }
    calls += 1;
    if (request.url?.endsWith("/participants?limit=100")) {
      inTurn(() => response.writeHead(200, headers).end(page));
      return;
    }
    const [key, value] = (request.url ?? "").split("/").slice(-2).map(decodeURIComponent);
    if (value?.startsWith("missing-")) {
      response.writeHead(404, headers).end(notFound);
      return;
    }
    // The body of an update is read to its end: otherwise the connection could not be used again.
    request.resume().on("end", () => {
      inTurn(() => response.writeHead(200, headers).end(JSON.stringify(participant(key, value))));
    });
  }),
);

/**
 * @param {string | undefined} key
 * @param {string | undefined} value
 */
function participant(key, value) {
  return {
    id: "05bdb924-6c7b-4be3-a0bf-a1f3e76b694e",
    type: "contact",
    status: "active",
    displayName: "Ada Okafor",
    avatarUrl: "https://example.com/avatars/ada-okafor.png",
    contact: { identifierKey: key, identifierValue: value, platformAddress: value },
  };
}
