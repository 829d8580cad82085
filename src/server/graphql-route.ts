import { HeaderMap, type ApolloServer } from '@apollo/server';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { Context } from '../context.js';
import { BadUserInputError, GatewayError, LimitExceededError } from '../errors.js';
import type { Clock } from '../lib/clock.js';
import type { Events } from '../observability/events.js';
import type { Credential } from '../upstream/credential.js';
import type { Upstream } from '../upstream/upstream.js';
import { isPreflight } from './cors.js';
import type { Exchange, ServerContext } from './exchange.js';
import { FairTurns } from './fair-turns.js';
import './fastify-request.js';
import { sendRefusal } from './refusal.js';
import { toLimits } from './report-exchange.js';
import { Workload } from './workload.js';

export interface GraphqlRouteOptions {
  readonly apollo: ApolloServer<ServerContext>;
  /** Whether pages of CORS_ORIGINS may ask before they send. */
  readonly preflights: boolean;
  /** Who asks; undefined without a credential. @throws GatewayError for a credential that must not be used so */
  readonly identify: (request: FastifyRequest) => Credential | undefined | Promise<Credential | undefined>;
  readonly openUpstream: (request: { credential: Credential; id: string; signal: AbortSignal }) => Upstream;
  /** The body to execute: documents asked for by id are put in their place. @throws GatewayError */
  readonly prepare: (body: unknown) => unknown;
  /** What a browser that opens the route is shown; undefined without a playground. */
  readonly playground: ((reply: FastifyReply) => Promise<FastifyReply>) | undefined;
  readonly timeoutMs: number;
  /** Fields of one caller's answers that may be under way at once. */
  readonly maxFieldsAtOnce: number;
  readonly clock: Clock;
  readonly events: Events;
}

/** `GET` and `POST /graphql`. Each request is told once, however far it came. */
export function registerGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const { apollo, clock, events } = options;
  const turns = new FairTurns();
  const workload = new Workload(options.maxFieldsAtOnce);

  const route = { url: '/graphql', config: { crossOrigin: true }, errorHandler: refuse };
  app.route({
    ...route,
    method: ['GET', 'POST'],
    // A HEAD would run the query for nobody.
    exposeHeadRoute: false,
    async handler(request, reply) {
      if (options.playground !== undefined && isNavigation(request)) return options.playground(reply);
      events.requestBegan(request.id, toOne(request.headers['traceparent']));
      const exchange = await execute(request, reply);
      events.requestEnded({
        requestId: request.id,
        operationName: exchange.operationName,
        outcome: exchange.outcome ?? 'refused',
        codes: exchange.codes,
        guards: exchange.limits,
        status: reply.statusCode,
        durationMs: clock.now() - request.receivedAt,
        upstream: exchange.upstream?.stats,
      });
      return reply;
    },
  });
  app.route({
    ...route,
    method: ['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    // Before a body is read.
    onRequest(request, reply, done) {
      if (options.preflights && isPreflight(request))
        void reply.code(204).header('content-length', '0').send();
      else done(notAllowed(reply));
    },
    handler: (_request, reply) => notAllowed(reply),
  });

  /** What was refused before GraphQL saw it. */
  function refuse(error: FastifyError | GatewayError, request: FastifyRequest, reply: FastifyReply): void {
    const { code, guard, status } = sendRefusal(reply, error);
    const fault = code === 'INTERNAL_SERVER_ERROR';
    if (fault) events.fault(error, request.id);
    events.requestEnded({
      requestId: request.id,
      operationName: undefined,
      outcome: fault ? 'error' : 'refused',
      codes: [code],
      guards: fault ? [] : [guard],
      status,
      durationMs: clock.now() - request.receivedAt,
      upstream: undefined,
    });
  }

  async function execute(request: FastifyRequest, reply: FastifyReply): Promise<Exchange> {
    const requestId = request.id;
    const get = request.method === 'GET';
    const body = options.prepare(get ? toParameters(request) : request.body);
    const credential = await options.identify(request);
    const { signal, release } = watch(reply);
    const upstream = credential && options.openUpstream({ credential, id: requestId, signal });
    const exchange: Exchange = {
      requestId,
      upstream,
      operationName: undefined,
      outcome: undefined,
      codes: [],
      limits: [],
    };
    const report = (enumName: string) => {
      events.unknownEnumValue(enumName);
    };
    const caller = credential?.caller ?? '';
    let leave: (() => void) | undefined;
    const enter = async (fields: number) => {
      leave = await workload.enter(caller, fields, signal);
    };
    const lists = turns.for(caller, () => reply.raw.destroyed);
    const schedule = (task: () => void) => {
      lists.afterLists(task);
    };
    try {
      const response = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: request.method,
          headers: toHeaderMap(request),
          search:
            request.method === 'GET'
              ? `?${new URLSearchParams(body as Record<string, string>).toString()}`
              : '',
          body: request.method === 'GET' ? undefined : body,
        },
        context: () =>
          Promise.resolve(
            Object.assign(new Context({ upstream, report, schedule }), { exchange, enter, lists }),
          ),
      });
      if (response.body.kind !== 'complete') throw new Error('Incremental delivery is not supported.');
      if (exchange.outcome === undefined) noteRefusal(exchange, response.body.string);
      for (const [name, value] of response.headers) reply.header(name, value);
      reply.header('cache-control', 'private, no-store');
      reply.code(response.status ?? 200).send(response.body.string);
      return exchange;
    } finally {
      leave?.();
      release();
    }
  }

  /** Aborted when the client goes away, and when the request has had its time. */
  function watch(reply: FastifyReply): { signal: AbortSignal; release: () => void } {
    const abort = new AbortController();
    const cancel = clock.after(options.timeoutMs, () => {
      abort.abort(new LimitExceededError('The request took too long.', 'REQUEST_TIMEOUT_MS'));
    });
    const onClose = () => {
      if (!reply.raw.writableEnded)
        abort.abort(new GatewayError('The client has gone.', { code: 'INTERNAL_SERVER_ERROR' }));
    };
    reply.raw.once('close', onClose);
    return {
      signal: abort.signal,
      release() {
        cancel();
        reply.raw.off('close', onClose);
      },
    };
  }
}

function notAllowed(reply: FastifyReply): GatewayError {
  reply.header('allow', 'GET, POST');
  return new GatewayError('GraphQL is asked by GET and POST.', {
    code: 'BAD_USER_INPUT',
    http: { status: 405 },
  });
}

/** Why Apollo refused what is no GraphQL request, of which its plugins are not told. */
function noteRefusal(exchange: Exchange, answer: string): void {
  const { errors = [] } = JSON.parse(answer) as { errors?: readonly GraphQLFormattedError[] };
  exchange.codes = errors.map(({ extensions }) => String(extensions?.['code']));
  exchange.limits = toLimits(errors);
}

/** A browser that opens the address, and no client that asks for data. */
const isNavigation = ({ method, headers }: FastifyRequest) =>
  method === 'GET' && (headers.accept ?? '').includes('text/html');

const toOne = (header: string | string[] | undefined) => (Array.isArray(header) ? header[0] : header);

/** @throws BadUserInputError for a parameter that is given twice */
function toParameters({ query }: FastifyRequest): Record<string, string> {
  const parameters = query as Record<string, string | string[]>;
  if (Object.values(parameters).every((value) => typeof value === 'string'))
    return parameters as Record<string, string>;
  throw new BadUserInputError('A parameter is given more than once.');
}

function toHeaderMap({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}
