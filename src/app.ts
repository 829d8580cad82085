import { createHash, randomBytes } from 'node:crypto';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VERSION, type Config } from './config.js';
import { systemClock, type Clock } from './lib/clock.js';
import { createEvents } from './observability/events.js';
import { createLogger, type Logger } from './observability/logger.js';
import { createMetrics, type Metrics } from './observability/metrics.js';
import { createSchema } from './schema.js';
import { createApollo } from './server/apollo.js';
import { readBearer } from './server/bearer.js';
import { registerGraphqlRoute } from './server/graphql-route.js';
import { createHttp } from './server/http.js';
import { createExchangeReport } from './server/report-exchange.js';
import { registerHealthRoutes, registerMetricsRoute } from './server/service-routes.js';
import { createGateway } from './upstream/gateway.js';
import { createBudget } from './upstream/rate-limit.js';

export interface App {
  /** Where it listens, for example http://127.0.0.1:4000. */
  readonly url: string;
  readonly metrics: Metrics;
  /** Lets what is in flight finish within SHUTDOWN_GRACE_MS, then closes. */
  stop(): Promise<void>;
  /** Reads again what may change while it runs: the trusted documents. */
  reload(): void;
}

/** What tests put in the place of the real thing. */
export interface AppOverrides {
  readonly clock?: Clock;
  readonly log?: Logger;
  readonly random?: () => number;
}

/** Everything held for callers is bounded by this many of them. */
const MAX_CALLERS = 10_000;

/** Puts the whole gateway together and starts it. */
export async function startApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const { clock = systemClock, log = createLogger(config.logLevel), random = Math.random } = overrides;
  const metrics = createMetrics();
  const events = createEvents(log, metrics);
  const callerKey = createHash('sha256')
    .update(config.callerKey?.reveal() ?? randomBytes(32))
    .digest();
  const emulator = config.upstream.serverUrl === undefined ? await startEmbeddedEmulator(log) : undefined;
  const serverUrl = config.upstream.serverUrl ?? emulator?.url ?? '';

  const budget = createBudget({ clock, maxCallers: MAX_CALLERS });
  const gateway = createGateway({
    ...config.upstream,
    serverUrl,
    userAgent: `switchboard/${VERSION}`,
    maxCallers: MAX_CALLERS,
    clock,
    budget,
    random,
    onCall: events.upstreamCall,
  });

  const http = await createHttp({
    bodyBytes: config.limits.bodyBytes,
    timeoutMs: config.requestTimeoutMs,
    corsOrigins: config.corsOrigins,
    events,
  });
  const apollo = createApollo({
    schema: createSchema(),
    introspection: config.introspection,
    plugins: [
      createExchangeReport({ stats: config.upstreamStats }),
      ApolloServerPluginDrainHttpServer({
        httpServer: http.server,
        stopGracePeriodMillis: config.shutdownGraceMs,
      }),
    ],
    validationRules: [],
    formatError: (formatted) => formatted,
  });
  await apollo.start();

  const health = { ready: true, details: {} };
  registerHealthRoutes(http, () => health);
  registerGraphqlRoute(http, {
    apollo,
    identify: ({ headers }: FastifyRequest) =>
      headers.authorization === undefined ? undefined : readBearer(headers.authorization, callerKey),
    openUpstream: gateway.open,
    prepare: (body) => body,
    playground: undefined,
    timeoutMs: config.requestTimeoutMs,
    clock,
    events,
  });
  const metricsServer = await startMetrics(http, config, metrics);

  const url = await http.listen({ host: config.host, port: config.port });
  log.info({ url, version: VERSION, emulator: emulator?.url, demoToken: emulator?.demoToken }, 'listening');

  return {
    url,
    metrics,
    async stop() {
      health.ready = false;
      log.info('stopping');
      await apollo.stop();
      await http.close();
      await metricsServer?.close();
      gateway.close();
      await emulator?.stop();
      log.info('stopped');
    },
    reload() {
      log.info('reloaded');
    },
  };
}

/** With METRICS_PORT the metrics have a port of their own, and the public one no longer shows them. */
async function startMetrics(
  http: FastifyInstance,
  config: Config,
  metrics: Metrics,
): Promise<FastifyInstance | undefined> {
  if (config.metricsPort === undefined) {
    registerMetricsRoute(http, metrics.registry);
    return undefined;
  }
  const { fastify } = await import('fastify');
  const own = fastify();
  registerMetricsRoute(own, metrics.registry);
  await own.listen({ host: config.host, port: config.metricsPort });
  return own;
}

/** Loaded only where it is needed: in production it never is. */
async function startEmbeddedEmulator(log: Logger) {
  const { startEmulator } = await import('./emulator/emulator.js');
  const emulator = await startEmulator();
  log.info({ url: emulator.url }, 'no RINGCENTRAL_SERVER_URL: an emulator stands in for RingCentral');
  return emulator;
}
