// Every way a call can end, as a script for the upstream. docs/errors.md says what a caller gets; its rows name these.
import { deflateRawSync, gzipSync } from "node:zlib";
import type { Script } from "../support/scripted-upstream.ts";
import {
  answer,
  bytes,
  cutOff,
  cutOffAfter,
  flood,
  gzipBomb,
  hang,
  html,
  inTurn,
  json,
  nested,
  reset,
  trickle,
} from "../support/steps.ts";
import { canaries, participant } from "./canaries.ts";

const bird = (code: string, details?: unknown) => ({ code, message: "In Bird's words.", details });
const there = json(200, participant);
/** Another participant with an identifier of the kind that is asked for. */
const other = {
  ...participant,
  contact: { identifierKey: canaries.phone, identifierValue: "other@example.com" },
};
const pending = json(200, { ...participant, status: "pending" });
const limited = (retryAfter?: string) =>
  json(429, bird("TooMany"), retryAfter === undefined ? {} : { "retry-after": retryAfter });

/** The scripts, by the text of the column "Bird" in docs/errors.md. */
export const reads: Record<string, Script> = {
  "answers with the participant": { GET: [there] },
  "leaves the status out": { GET: [json(200, { ...participant, status: undefined })] },
  "sends a type, a status and fields that are new": {
    GET: [json(200, { ...participant, type: "hologram", status: "asleep", mood: "good" })],
  },
  "sends a field nested 8,000 deep": {
    GET: [answer(200, `{"id":"x","type":"user","extra":${nested(8000)}}`)],
  },
  "sends an informational answer first": {
    GET: [inTurn(bytes("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"), there)],
  },
  "says 404": { GET: [json(404, bird("NoSuchParticipant"))] },
  "says 404 without a body": { GET: [answer(404)] },
  "says 404 in HTML": { GET: [html(404)] },
  "says 400": { GET: [json(400, bird("Malformed"))] },
  "says 422 with details": { GET: [json(422, bird("InvalidPayload", { ".key": ["is odd"] }))] },
  "says 422 with details nested 8,000 deep": {
    GET: [answer(422, `{"code":"InvalidPayload","message":"m","details":${nested(8000)}}`)],
  },
  "says 422 with details of 20 kB": {
    GET: [json(422, bird("InvalidPayload", { note: "x".repeat(20_000) }))],
  },
  "says 422 with `__proto__` in its details": {
    GET: [answer(422, '{"code":"InvalidPayload","message":"m","details":{"__proto__":{"a":1},"b":2}}')],
  },
  "says 409 to a read": { GET: [json(409, bird("Conflict"))] },
  "says 401": { GET: [json(401, bird("BadKey"))] },
  "says 401 in HTML": { GET: [html(401)] },
  "says 403": { GET: [json(403, bird("NoPermission"))] },
  "says 429, three times": { GET: [limited()] },
  "says 429, then answers": { GET: [limited("0"), there] },
  "says 429 for a minute": { GET: [limited("60")] },
  "says 429 for 31 years": { GET: [limited("1000000000")] },
  "says 429 until yesterday": { GET: [limited("Thu, 01 Jan 2026 00:00:00 GMT")] },
  "says 429 for -1 seconds": { GET: [limited("-1")] },
  "says 500, then answers": { GET: [json(500, bird("Internal")), there] },
  "says 503, three times": { GET: [json(503, bird("Overloaded"))] },
  "says 503 in HTML, three times": { GET: [html(503)] },
  "says 503 for a minute": { GET: [json(503, bird("Overloaded"), { "retry-after": "60" })] },
  "redirects elsewhere": { GET: [answer(302, "", { location: "http://127.0.0.1:1/" })] },
  "says 402": { GET: [json(402, bird("PaymentRequired"))] },
  "says 204": { GET: [bytes("HTTP/1.1 204 No Content\r\n\r\n")] },
  "sends 100 Continue first": { GET: [inTurn(bytes("HTTP/1.1 100 Continue\r\n\r\n"), there)] },
  "names another participant, then the right one": { GET: [json(200, other), there] },
  "names another participant twice": { GET: [json(200, other)] },
  "sends a byte order mark first": { GET: [answer(200, `\ufeff${JSON.stringify(participant)}`)] },
  "sends deflate without the header of zlib": {
    GET: [answer(200, deflateRawSync(JSON.stringify(participant)), { "content-encoding": "deflate" })],
  },
  "calls UTF-8 a coding": {
    GET: [answer(200, JSON.stringify(participant), { "content-encoding": "UTF-8" })],
  },
  "sends gzip, and names identity before it": {
    GET: [answer(200, gzipSync(JSON.stringify(participant)), { "content-encoding": "identity, gzip" })],
  },
  "sends ISO-8859-1, and says so": {
    GET: [
      answer(200, Buffer.from(JSON.stringify({ ...participant, displayName: "Zoë" }), "latin1"), {
        "content-type": "application/json; charset=ISO-8859-1",
      }),
    ],
  },
  "sends ISO-8859-1, and does not say so": {
    GET: [answer(200, Buffer.from(JSON.stringify({ ...participant, displayName: "Zoë" }), "latin1"))],
  },
  "says 404 with a line end for a body": { GET: [answer(404, "\r\n")] },
  "says 408 in HTML, three times": { GET: [html(408)] },
  "says 421, then answers": { GET: [html(421), there] },
  "says 425, then answers": { GET: [html(425), there] },
  "says 501": { GET: [json(501, bird("NotImplemented"))] },
  "says 505 in HTML": { GET: [html(505)] },
  "says 511 in HTML": { GET: [html(511)] },
  "says 422 in the shape of the platform API": {
    GET: [
      json(422, { error: { code: "E01001", message: "m", details: [{ field: "key", message: "is odd" }] } }),
    ],
  },
  "says 422 in the shape of the MessageBird API": {
    GET: [json(422, { errors: [{ code: 9, description: "is odd", parameter: "key" }] })],
  },
  "says 422 in the shape of RFC 9457": {
    GET: [json(422, { title: "t", detail: "m", errors: [{ detail: "is odd", pointer: "#/key" }] })],
  },
  "says 422 with a number of 20 digits": {
    GET: [answer(422, '{"code":"Odd","message":"m","details":{"n":12345678901234567890}}')],
  },
  "says 429 for 59.5 seconds": { GET: [limited("59.5")] },
  "says 429 for 7 and for 60 seconds": { GET: [limited("7, 60")] },
  "says 200 in HTML": { GET: [html(200)] },
  "sends broken JSON": { GET: [answer(200, '{"id":')] },
  "sends an empty body": { GET: [answer(200)] },
  "sends a list": { GET: [json(200, [participant])] },
  "sends a participant without an id": { GET: [json(200, { ...participant, id: undefined })] },
  "sends a participant without a type": { GET: [json(200, { ...participant, type: undefined })] },
  "sends a number for a name": { GET: [json(200, { ...participant, displayName: 7 })] },
  "sends a gzip bomb": { GET: [gzipBomb()] },
  "sends text and calls it gzip": { GET: [answer(200, "{}", { "content-encoding": "gzip" })] },
  "sends 100 MB": { GET: [flood] },
  "sends a body that trickles": { GET: [trickle] },
  "never answers": { GET: [hang] },
  "does not answer at first, then does": { GET: [hang, there] },
  "resets the connection": { GET: [reset] },
  "resets the connection, then answers": { GET: [reset, there] },
  "breaks off in the middle of the body": { GET: [cutOff] },
  "speaks no HTTP": { GET: [bytes("220 smtp.example.com ESMTP\r\n")] },
  "sends 64 kB of headers": { GET: [answer(200, "{}", { "x-long": "x".repeat(65_536) })] },
};

/** The first update may have been applied, although the second one was not. */
function afterServerError(...statuses: number[]): Record<string, Script> {
  return Object.fromEntries(
    statuses.map((status) => [
      `says 503, and the status is another, then ${status}`,
      { PATCH: [json(503, bird("Overloaded")), json(status, bird("Second"))], GET: [pending] },
    ]),
  );
}

/** The update may still be under way behind what answered, so it is not repeated. */
function lookedUpOnce(...statuses: number[]): Record<string, Script> {
  return Object.fromEntries(
    statuses.flatMap((status) => [
      [`says ${status}, and the status is there`, { PATCH: [json(status, bird("Lost"))], GET: [there] }],
      [`says ${status}, and the status is another`, { PATCH: [json(status, bird("Lost"))], GET: [pending] }],
    ]),
  );
}

/** All updates set ACTIVE, except for those to null. */
export const updates: Record<string, Script> = {
  "answers with the participant": { PATCH: [there] },
  "says 404": { PATCH: [json(404, bird("NoSuchParticipant"))] },
  "says 404 in HTML": { PATCH: [html(404)] },
  "says 409": { PATCH: [json(409, bird("WrongState"))] },
  "says 422 with details": { PATCH: [json(422, bird("InvalidPayload", { ".status": ["is odd"] }))] },
  "says 401": { PATCH: [json(401, bird("BadKey"))] },
  "says 403": { PATCH: [json(403, bird("NoPermission"))] },
  "says 429, twice": { PATCH: [limited()] },
  "says 429, then answers": { PATCH: [limited("0"), there] },
  "says 429 for a minute": { PATCH: [limited("60")] },
  "says 401, and the body breaks off": { PATCH: [cutOffAfter(401)] },
  "says 403, and the body breaks off": { PATCH: [cutOffAfter(403)] },
  "says 429 twice, and the body breaks off": { PATCH: [cutOffAfter(429)] },
  "says 404, and the body breaks off, and the status is there": { PATCH: [cutOffAfter(404)], GET: [there] },
  "says 500, and the status is there": { PATCH: [json(500, bird("Internal"))], GET: [there] },
  "says 500, and the status is another, then answers": {
    PATCH: [json(500, bird("Internal")), there],
    GET: [pending],
  },
  "says 500, and the participant is not there": {
    PATCH: [json(500, bird("Internal"))],
    GET: [json(404, bird("NoSuchParticipant"))],
  },
  "says 503, and 503 to the reading back": {
    PATCH: [json(503, bird("Overloaded"))],
    GET: [json(503, bird("Overloaded"))],
  },
  "says 503 for a minute, and the status is there": {
    PATCH: [json(503, bird("Overloaded"), { "retry-after": "60" })],
    GET: [there],
  },
  "says 503 for a minute, and the status is another": {
    PATCH: [json(503, bird("Overloaded"), { "retry-after": "60" })],
    GET: [pending],
  },
  "says 503 twice, and the status is there at last": {
    PATCH: [json(503, bird("Overloaded"))],
    GET: [pending, there],
  },
  "says 503 twice, and the status stays another": {
    PATCH: [json(503, bird("Overloaded"))],
    GET: [pending],
  },
  "says 503, then never answers, and the status is there at last": {
    PATCH: [json(503, bird("Overloaded")), hang],
    GET: [pending, there],
  },
  "says 503, then 409, and the status is there at last": {
    PATCH: [json(503, bird("Overloaded")), json(409, bird("WrongState"))],
    GET: [pending, there],
  },
  "says 503, then 409, and the status stays another": {
    PATCH: [json(503, bird("Overloaded")), json(409, bird("WrongState"))],
    GET: [pending],
  },
  ...afterServerError(400, 401, 403, 404, 422, 429),
  ...lookedUpOnce(408, 421, 425, 501, 502, 504),
  "says 500 to an update to null": { PATCH: [json(500, bird("Internal")), there], GET: [there] },
  "says 502 to an update to null": { PATCH: [json(502, bird("Gateway")), there], GET: [there] },
  "says 429 to an update to null, then answers": { PATCH: [limited("0"), there] },
  "redirects elsewhere": { PATCH: [answer(307, "", { location: "http://127.0.0.1:1/" })] },
  "never answers, and the status is there": { PATCH: [hang], GET: [there] },
  "never answers, and the status is another": { PATCH: [hang], GET: [pending] },
  "never answers anything": { PATCH: [hang], GET: [hang] },
  "never answers an update to null": { PATCH: [hang], GET: [there] },
  "resets the connection, and the status is there": { PATCH: [reset], GET: [there] },
  "resets the connection, and the status is another": { PATCH: [reset], GET: [pending] },
  "resets the connection, and says 503 to the reading back": {
    PATCH: [reset],
    GET: [json(503, bird("Overloaded"))],
  },
  "breaks off in the middle of the body, and the status is there": { PATCH: [cutOff], GET: [there] },
  "says 200 in HTML, and the status is there": { PATCH: [html(200)], GET: [there] },
  "sends broken JSON, and the status is another": { PATCH: [answer(200, "{")], GET: [pending] },
  "says 204, and the status is there": { PATCH: [bytes("HTTP/1.1 204 No Content\r\n\r\n")], GET: [there] },
};

/** The failures that no upstream can be scripted for, by the kind of connection. */
export const connections = ["refuses the connection", "never finishes the TLS handshake"] as const;
