import { createHash, randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { ConfigError, VERSION, type Config } from './config.js';
import { systemClock, type Clock } from './lib/clock.js';
import { createEvents, type Events } from './observability/events.js';
import { createLogger, type Logger } from './observability/logger.js';
import { createMetrics, type Metrics } from './observability/metrics.js';
import { startTracing } from './observability/tracing.js';
import type { Replicas } from './replicas.js';
import { createSchema } from './schema.js';
import { createAdmission } from './server/admission.js';
import { createApollo } from './server/apollo.js';
import { createClientOf } from './server/client-address.js';
import { ManifestError, readDocumentManifest } from './server/document-manifest.js';
import { createDrain } from './server/drain.js';
import type { ServerContext } from './server/exchange.js';
import { createFormatError } from './server/format-error.js';
import { registerGraphqlRoute } from './server/graphql-route.js';
import { createHttp } from './server/http.js';
import { createInboundRate } from './server/inbound-rate.js';
import { createJit, type JitBudget } from './server/jit.js';
import { legacyStatus } from './server/legacy-status.js';
import { createLimits } from './server/limits.js';
import { registerPlayground } from './server/playground/playground.js';
import { createExchangeReport } from './server/report-exchange.js';
import { registerHealthRoutes, serveMetrics } from './server/service-routes.js';
import { createMemoryStore } from './server/session/memory-store.js';
import type { SessionStore } from './server/session/store.js';
import { spreadLists } from './server/spread-lists.js';
import {
  createTrustedDocuments,
  type TrustedDocuments,
  type TrustedDocumentsOptions,
} from './server/trusted-documents.js';
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
  readonly sessionStore?: SessionStore;
  /** When operations are compiled, and how many. */
  readonly compilation?: Partial<JitBudget>;
}

/** Everything held for callers, and for addresses, is bounded by this many of them. */
const MAX_CALLERS = 10_000;
/** Of one address, each a request to RingCentral's token endpoint, which gives a user 5 a minute. */
const LOGINS_PER_MINUTE = 30;

/** Puts the whole gateway together and starts it. */
export async function startApp(config: Config, overrides: AppOverrides = {}): Promise<App> {
  const { clock = systemClock, log = createLogger(config.logLevel), random = Math.random } = overrides;
  const metrics = createMetrics();
  const onFailure = (error: unknown) => {
    events.incident('trace-export-failed', error);
  };
  const tracing = config.tracing ? await startTracing({ version: VERSION, onFailure }) : undefined;
  const events = createEvents(log, metrics, tracing);
  const callerKey = createHash('sha256')
    .update(config.callerKey?.reveal() ?? randomBytes(32))
    .digest();
  const userAgent = `switchboard/${VERSION}`;
  const emulator = config.upstream.serverUrl === undefined ? await startEmbeddedEmulator() : undefined;
  const serverUrl = config.upstream.serverUrl ?? emulator?.url ?? '';
  let ready = true;
  const replicas = config.redisUrl && (await joinReplicas(config.redisUrl.reveal(), clock, events));
  const rate = createInboundRate({ perMinute: config.inboundRatePerMinute, clock, max: MAX_CALLERS });
  const budget = createBudget({
    clock,
    maxCallers: MAX_CALLERS,
    callTimeoutMs: config.upstream.timeoutMs,
    shared: replicas?.shared,
  });
  const gateway = createGateway({
    ...config.upstream,
    serverUrl,
    userAgent,
    maxCallers: MAX_CALLERS,
    clock,
    budget,
    shared: replicas?.shared,
    random,
    onCall: events.upstreamCall,
    onCredential: (caller, accepted) => {
      if (accepted) rate.accepted(caller);
      else rate.refused(caller);
    },
  });

  const clientOf = createClientOf(config.trustProxy);
  const sessions =
    config.session &&
    (await loadSessions()).createSessions({
      config: config.session,
      serverUrl,
      callerKey,
      store: overrides.sessionStore ?? replicas?.openSessionStore() ?? createMemoryStore({ clock }),
      clock,
      userAgent,
      timeoutMs: config.upstream.timeoutMs,
      onEvent: events.session,
      clientOf,
      loginRate: createInboundRate({
        perMinute: Math.min(LOGINS_PER_MINUTE, config.inboundRatePerMinute),
        clock,
        max: MAX_CALLERS,
      }),
      onLogout: gateway.forget,
    });
  const admission = createAdmission({ callerKey, sessions, rate, clientOf });
  const http = await createHttp({
    bodyBytes: config.limits.bodyBytes,
    timeoutMs: config.requestTimeoutMs,
    corsOrigins: config.corsOrigins,
    admit: admission.admit,
    clock,
    events,
  });
  const drain = createDrain(http);
  sessions?.register(http);

  const schema = spreadLists(createSchema());
  const documents = openDocuments({ ...config.persistedDocuments, schema, onEvent: events.document });
  const limits = createLimits({ schema, limits: config.limits, suggestions: config.introspection });
  const formatError = createFormatError({ suggestions: config.introspection, report: events.fault });
  const apollo = createApollo({
    schema,
    introspection: config.introspection,
    limits,
    formatError,
    plugins: [
      ...(config.compileOperations
        ? [
            createJit<ServerContext>({
              schema: spreadLists(createSchema(), { whole: true }),
              clock,
              formatError,
              budget: overrides.compilation,
            }),
          ]
        : []),
      legacyStatus,
      createExchangeReport({ stats: config.upstreamStats }),
    ],
  });
  await apollo.start();

  registerHealthRoutes(http, () => ({ ready, details: replicas ? { redis: replicas.state() } : {} }));
  registerGraphqlRoute(http, {
    apollo,
    preflights: config.corsOrigins.length > 0,
    identify: admission.identify,
    openUpstream: gateway.open,
    prepare: documents.resolve,
    playground: config.playground
      ? registerPlayground(http, toPageSettings(emulator?.demoToken, sessions))
      : undefined,
    timeoutMs: config.requestTimeoutMs,
    maxFieldsAtOnce: 2 * config.limits.cost,
    clock,
    events,
  });
  const metricsServer = await serveMetrics(http, config, metrics.registry);
  const url = await http.listen({ host: config.host, port: config.port });
  announce(log, url, emulator);
  log.flush();

  return {
    url,
    metrics,
    async stop() {
      ready = false;
      log.info('stopping');
      log.flush();
      let cancel: () => void = () => undefined;
      const graceOver = new Promise<void>((resolve) => {
        cancel = clock.after(config.shutdownGraceMs, resolve);
      });
      await drain.wait(graceOver);
      await closeWithin(http, graceOver);
      await apollo.stop();
      await (metricsServer && closeWithin(metricsServer, graceOver));
      await Promise.race([sessions?.stop(), graceOver]);
      cancel();
      gateway.close();
      budget.close();
      replicas?.close();
      await emulator?.stop();
      await tracing?.stop();
      log.info('stopped');
    },
    reload() {
      documents.reload();
    },
  };
}

/** Closes a server to new connections; those that are there go with their last answer, or when the grace is over. */
async function closeWithin(server: FastifyInstance, graceOver: Promise<void>): Promise<void> {
  const closed = server.close();
  await Promise.race([closed, graceOver]);
  server.server.closeAllConnections();
  await closed;
}

/** What is wrong with a manifest of trusted documents, to be told beside the other faults of the configuration. */
export function findManifestFaults(file: string): readonly string[] {
  try {
    readDocumentManifest(file, createSchema());
    return [];
  } catch (error) {
    if (error instanceof ManifestError) return error.faults;
    throw error;
  }
}

/** A manifest that cannot be used is a fault of the configuration. */
function openDocuments(options: TrustedDocumentsOptions): TrustedDocuments {
  try {
    return createTrustedDocuments(options);
  } catch (error) {
    if (error instanceof ManifestError) throw new ConfigError(error.faults);
    throw error;
  }
}

const toPageSettings = (demoToken: string | undefined, sessions: unknown) => ({
  ...(demoToken !== undefined && { demoToken }),
  sessions: sessions !== undefined,
});

function announce(log: Logger, url: string, emulator: { url: string; demoToken: string } | undefined): void {
  if (emulator === undefined) log.info({ url, version: VERSION }, 'listening');
  else {
    const { demoToken } = emulator;
    log.info(
      { url, version: VERSION, emulator: emulator.url, demoToken },
      'listening; an emulator stands in for RingCentral',
    );
  }
}

// What only some gateways need is loaded where it is needed: it costs time at the start, and memory.

async function joinReplicas(url: string, clock: Clock, events: Events): Promise<Replicas> {
  return (await import('./replicas.js')).joinReplicas({ url, clock, events });
}

const loadSessions = () => import('./server/session/session.js');

/** In production it never is. */
async function startEmbeddedEmulator() {
  const { startEmulator } = await import('./emulator/emulator.js');
  return startEmulator();
}
