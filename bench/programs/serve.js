// Starts a program of this folder on a free port of the loopback interface, and prints its URL on one line.

/**
 * @param {string} name
 * @param {import("node:http").Server} server
 */
export function serve(name, server) {
  // As Fastify's: no connection is closed for idleness between two rounds.
  server.keepAliveTimeout = 72_000;
  server.listen(0, "127.0.0.1", () => {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    console.log(`${name} listening on http://127.0.0.1:${port}`);
  });
}
