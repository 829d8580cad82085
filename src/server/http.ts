import cors, { type FastifyCorsOptions } from '@fastify/cors';
import helmet from 'helmet';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { GatewayError, type ErrorCode, type ErrorExtensions } from '../errors.js';
import type { Events } from '../observability/events.js';

export interface HttpOptions {
  readonly bodyBytes: number;
  readonly timeoutMs: number;
  readonly corsOrigins: readonly string[];
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
  const app = fastify({
    bodyLimit: options.bodyBytes,
    requestTimeout: options.timeoutMs,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    http: {
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, options.timeoutMs),
    },
    // A path that does not decode never comes to the handler of errors below.
    frameworkErrors: (error, _request, reply) => {
      sendError(reply, error, options.events);
    },
    // Requests are told by our own events.
    logger: false,
    routerOptions: { maxParamLength: 200 },
  });
  // JSON and nothing else: what a form or a plain text can send never reaches a resolver.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  app.setErrorHandler((error: FastifyError | GatewayError, _request, reply) => {
    sendError(reply, error, options.events);
  });
  app.setNotFoundHandler((_request, reply) => {
    sendError(
      reply,
      new GatewayError('There is nothing at this address.', { code: 'NOT_FOUND' }),
      options.events,
      404,
    );
  });
  // Itself and not @fastify/helmet, which makes all of it anew for each request.
  const secure = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  });
  app.addHook('onRequest', (request, reply, done) => {
    secure(request.raw, reply.raw, (error) => {
      done(error instanceof Error ? error : undefined);
    });
  });
  const shared: FastifyCorsOptions = {
    origin: options.corsOrigins.length === 0 ? false : [...options.corsOrigins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'x-apollo-operation-name', 'apollo-require-preflight'],
    exposedHeaders: ['x-request-id'],
    credentials: false,
    maxAge: 600,
    hook: 'onRequest',
  };
  // Sessions are for pages of our own origin alone.
  await app.register(cors, {
    delegator: (request, done) => {
      done(null, request.url.startsWith('/auth/') ? { ...shared, origin: false } : shared);
    },
  });
  return app;
}

const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  BAD_USER_INPUT: 400,
  BATCHING_NOT_ALLOWED: 400,
  UNKNOWN_DOCUMENT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  LIMIT_EXCEEDED: 429,
  RATE_LIMITED: 429,
  UPSTREAM_UNAVAILABLE: 503,
};

/** Any failure outside GraphQL, in GraphQL's form. */
function sendError(
  reply: FastifyReply,
  error: FastifyError | GatewayError,
  events: Events,
  status?: number,
): void {
  const { code, message, extensions } = toRefusal(error);
  if (code === 'INTERNAL_SERVER_ERROR') events.fault(error);
  else events.refused(extensions.limit ?? code);
  if (extensions.retryAfterSeconds !== undefined)
    reply.header('retry-after', String(extensions.retryAfterSeconds));
  void reply
    .code(status ?? (error instanceof GatewayError ? (STATUSES[code] ?? 500) : (error.statusCode ?? 500)))
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ errors: [{ message, extensions }] }));
}

function toRefusal(error: FastifyError | GatewayError): {
  code: ErrorCode;
  message: string;
  extensions: ErrorExtensions;
} {
  if (error instanceof GatewayError)
    return { code: error.code, message: error.message, extensions: error.extensions };
  const of = (code: ErrorCode, message: string, limit?: string) => ({
    code,
    message,
    extensions: { code, ...(limit !== undefined && { limit }) },
  });
  const status = error.statusCode ?? 500;
  if (status === 413) return of('LIMIT_EXCEEDED', 'The body is too large.', 'MAX_BODY_BYTES');
  if (status === 415) return of('BAD_USER_INPUT', 'The body must be application/json.');
  if (status >= 400 && status <= 499) return of('BAD_USER_INPUT', 'The request cannot be read.');
  return of('INTERNAL_SERVER_ERROR', 'Internal server error');
}
