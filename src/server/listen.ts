// Makes a server listen on one address of a host.
import { promises as dns } from "node:dns";
import type { FastifyInstance } from "fastify";

/**
 * Looks the host up here, because Fastify would start further servers for the other addresses of `localhost`, which lack
 * this server's handlers: connections to them would get no response.
 *
 * @returns the URL
 */
export async function listen(
  app: FastifyInstance,
  { host, port }: { host: string; port: number },
): Promise<string> {
  // Most clients try both families, and those that try one try IPv4.
  const { address } = await dns.lookup(host, { order: "ipv4first" });
  return app.listen({ host: address, port });
}
