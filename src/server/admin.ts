// The admin port for metrics and probes, separate from callers. It is opened first and closed last.
import fastify from "fastify";
import { registerHttpErrors } from "./http-rejections.ts";
import { registerProbes } from "./probes.ts";
import { registerSecurityHeaders } from "./security-headers.ts";

export type AdminOptions = { host: string; port: number };

export interface AdminServer {
  /** The URL it listens on, such as `http://127.0.0.1:9464`. */
  readonly url: string;
  close(): Promise<void>;
}

/** @param isReady whether the gateway accepts work */
export async function startAdminServer(
  { host, port }: AdminOptions,
  isReady: () => boolean,
): Promise<AdminServer> {
  const app = fastify({ logger: false, forceCloseConnections: true });
  registerSecurityHeaders(app);
  registerHttpErrors(app);
  registerProbes(app, { isReady, hasMetrics: true });
  const url = await app.listen({ host, port });
  return { url, close: () => app.close() };
}
