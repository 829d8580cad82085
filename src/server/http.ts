import { randomUUID } from 'node:crypto';
import helmet from 'helmet';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { GatewayError } from '../errors.js';
import type { Clock } from '../lib/clock.js';
import type { Events } from '../observability/events.js';
import { allowOrigins } from './cors.js';
import './fastify-request.js';
import { readJsonBodies } from './json-body.js';
import { sendRefusal } from './refusal.js';

export interface HttpOptions {
  readonly bodyBytes: number;
  readonly timeoutMs: number;
  readonly corsOrigins: readonly string[];
  /** Counts a request before anything of it is done. @throws GatewayError LIMIT_EXCEEDED */
  readonly admit: (request: FastifyRequest) => void;
  readonly clock: Clock;
  readonly events: Events;
}

/** Slow headers are no client's habit: a whole request head fits into one packet or two. */
const HEADERS_TIMEOUT_MS = 10_000;
/** Longer than a load balancer's usual idle time of 60 s, so that it is the balancer that closes. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000;
/** How often Node looks for connections past their time; its default of 30 s would let them be as old again. */
const CONNECTIONS_CHECK_MS = 1000;

/** The HTTP server without its routes: parsing, limits, headers, and one form for all refusals. */
export async function createHttp(options: HttpOptions): Promise<FastifyInstance> {
  const { admit, clock, events } = options;
  const app = fastify({
    bodyLimit: options.bodyBytes,
    requestTimeout: options.timeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: {
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, options.timeoutMs),
    },
    genReqId: () => randomUUID(),
    // A path that does not decode never comes to the hooks and the handler of errors below.
    frameworkErrors(error, request, reply) {
      begin(request, reply);
      refuse(findRefusal(admit, request) ?? error, request, reply);
    },
    // Requests are told by our own events.
    logger: false,
    routerOptions: { maxParamLength: 200 },
  });
  app.decorateRequest('receivedAt', 0);
  app.decorateRequest('bearer', undefined);

  // Itself and not @fastify/helmet, which makes all of it anew for each request.
  const secure = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
  function begin(
    request: FastifyRequest,
    reply: FastifyReply,
    done: (error?: Error) => void = () => undefined,
  ) {
    request.receivedAt = clock.now();
    reply.header('x-request-id', request.id);
    secure(request.raw, reply.raw, (error) => {
      done(error instanceof Error ? error : undefined);
    });
  }
  function refuse(error: FastifyError | GatewayError, request: FastifyRequest, reply: FastifyReply): void {
    const { code, guard } = sendRefusal(reply, error);
    if (code === 'INTERNAL_SERVER_ERROR') events.fault(error, request.id);
    else events.refused(guard, request.id);
  }

  readJsonBodies(app);
  app.setErrorHandler(refuse);
  app.setNotFoundHandler((request, reply) => {
    refuse(new GatewayError('There is nothing at this address.', { code: 'NOT_FOUND' }), request, reply);
  });
  app.addHook('onRequest', begin);
  // Before requests are counted, so that pages of other origins can read a refusal.
  if (options.corsOrigins.length > 0) await allowOrigins(app, options.corsOrigins);
  app.addHook('onRequest', (request, _reply, done) => {
    done(findRefusal(admit, request));
  });
  return app;
}

function findRefusal(admit: HttpOptions['admit'], request: FastifyRequest): GatewayError | undefined {
  try {
    admit(request);
    return undefined;
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}
