// Where the gateway listens.
import { once } from "node:events";
import dns from "node:dns";
import { connect } from "node:net";
import { expect, jest, test } from "@jest/globals";
import { startTestGateway } from "../support/gateway.ts";

const addresses = ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, family: 4 }));

type Done = (error: null, found: typeof addresses) => void;

/** Gives `localhost` a second address, as on most machines. */
function mockLookup() {
  const original = dns.lookup as (...args: readonly unknown[]) => void;
  const lookup = (host: string, ...rest: readonly unknown[]) => {
    if (host === "localhost") (rest.at(-1) as Done)(null, addresses);
    else original(host, ...rest);
  };
  return jest.spyOn(dns, "lookup").mockImplementation(lookup);
}

test("HOST=localhost listens on one address: a second server would lack the limits on connections", async () => {
  const lookup = mockLookup();
  const { url, close } = await startTestGateway("http://127.0.0.1:1", { HOST: "localhost" });
  lookup.mockRestore();
  const { hostname, port } = new URL(url);
  expect(hostname).toBe("127.0.0.1");
  const other = connect(Number(port), "127.0.0.2");
  await expect(once(other, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await close();
});
