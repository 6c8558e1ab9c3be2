import { createServer } from "node:http";
import { expect, test } from "@jest/globals";
import { fetchJson } from "../../../src/auth/fetch-json.ts";
import { listen } from "../../support/listen.ts";

test("fetchJson skips a byte order mark", async () => {
  const server = createServer((_request, response) => response.end('\ufeff{"keys":[]}'));
  const { url, close } = await listen(server);
  try {
    expect(await fetchJson(new URL(url), new AbortController().signal)).toEqual({ keys: [] });
  } finally {
    await close();
  }
});
