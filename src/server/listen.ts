// Makes a server listen on one address of a host.
import { promises as dns } from "node:dns";
import type { FastifyInstance } from "fastify";

/** Where a server is to listen. */
export type Address = { readonly host: string; readonly port: number };

/** The system does not let a server listen. `syscall` and `code` are those of its error. */
export class ListenError extends Error {
  /** The address as it was given: the system's error names a host by its IP address. */
  readonly address: Address;
  readonly syscall: string;
  readonly code: string;

  constructor(address: Address, syscall: string, code: string) {
    super(`${syscall} ${code}`);
    this.address = address;
    this.syscall = syscall;
    this.code = code;
  }
}

/**
 * Makes a server listen on the first address of a host. Fastify would start further servers for the other addresses of
 * `localhost`. They lack this server's handlers, so connections to them would get no response.
 *
 * @returns the URL
 * @throws ListenError
 */
export async function listen(app: FastifyInstance, { host, port }: Address): Promise<string> {
  try {
    // Most clients try both families, and those that try one try IPv4.
    const { address } = await dns.lookup(host, { order: "ipv4first" });
    return await app.listen({ host: address, port });
  } catch (error) {
    if (!(error instanceof Error && "syscall" in error && "code" in error)) throw error;
    throw new ListenError({ host, port }, String(error.syscall), String(error.code));
  }
}
