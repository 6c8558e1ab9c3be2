import type { FastifyRequest } from "fastify";
import { expect, test } from "@jest/globals";
import { ArrivingBodies } from "../../../src/server/arriving-bodies.ts";
import { readGraphqlRequest } from "../../../src/server/graphql-request.ts";

test.each([
  [{ persistedQuery: { version: 1, sha256Hash: "a", other: [{}] }, other: [{}] }, { sha256Hash: "a" }],
  [{ persistedQuery: { version: 1, sha256Hash: ["a"] } }, undefined],
  [{ persistedQuery: [{}], other: {} }, undefined],
])("of the extensions %j only the hash of a persisted query is kept", async (extensions, persistedQuery) => {
  const url = `/graphql?query={a}&extensions=${encodeURIComponent(JSON.stringify(extensions))}`;
  const request = { method: "GET", url } as FastifyRequest;
  const read = await readGraphqlRequest(request, { maxBytes: 100, arriving: new ArrivingBodies() });
  expect(read).toMatchObject({ ok: true, value: { query: "{a}" } });
  expect(read.ok && read.value.extensions).toEqual(persistedQuery && { persistedQuery });
});
