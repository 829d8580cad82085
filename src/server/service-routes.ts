import fastify, { type FastifyInstance, type RouteShorthandOptions } from 'fastify';
import type { Registry } from 'prom-client';
import './fastify-request.js';

export interface Health {
  /** False from the moment that the process begins to stop. */
  readonly ready: boolean;
  /** What works only in part; the gateway serves all the same. */
  readonly details: Readonly<Record<string, string>>;
}

/** Whoever watches the gateway is never refused. */
const UNCOUNTED: RouteShorthandOptions = { config: { countedFor: 'nobody' } };

/** `GET /healthz` (alive) and `GET /readyz` (takes requests). */
export function registerHealthRoutes(app: FastifyInstance, health: () => Health): void {
  app.get('/healthz', UNCOUNTED, (_request, reply) =>
    reply.header('cache-control', 'no-store').send({ status: 'ok' }),
  );
  app.get('/readyz', UNCOUNTED, (_request, reply) => {
    const { ready, details } = health();
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ status: ready ? 'ready' : 'stopping', ...details });
  });
}

/** With METRICS_PORT the metrics have a port of their own, and the public one no longer shows them. */
export async function serveMetrics(
  http: FastifyInstance,
  { host, metricsPort }: { readonly host: string; readonly metricsPort: number | undefined },
  registry: Registry,
): Promise<FastifyInstance | undefined> {
  if (metricsPort === undefined) {
    registerMetricsRoute(http, registry);
    return undefined;
  }
  const own = fastify();
  registerMetricsRoute(own, registry);
  await own.listen({ host, port: metricsPort });
  return own;
}

/** `GET /metrics`, in Prometheus' text format. */
function registerMetricsRoute(app: FastifyInstance, registry: Registry): void {
  app.get('/metrics', UNCOUNTED, async (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type(registry.contentType)
      .send(await registry.metrics()),
  );
}
