// The endpoints for operators: liveness, readiness and metrics.
import type { FastifyInstance } from "fastify";
import * as events from "../observability/events.ts";

export type ProbeOptions = {
  /** Whether the gateway accepts work. It does not depend on Bird. */
  isReady: () => boolean;
  /** Whether /metrics is served here. */
  hasMetrics: boolean;
};

export function registerProbes(app: FastifyInstance, { isReady, hasMetrics }: ProbeOptions): void {
  app.get("/livez", () => ({ status: "alive" }));
  app.get("/readyz", (_request, reply) =>
    isReady() ? reply.send({ status: "ready" }) : reply.code(503).send({ status: "not ready" }),
  );
  if (!hasMetrics) return;
  app.get("/metrics", async (_request, reply) =>
    reply.type(events.metrics.contentType).send(await events.metrics.text()),
  );
}
