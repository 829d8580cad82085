import { randomUUID } from 'node:crypto';
import { HeaderMap, type ApolloServer } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Context } from '../context.js';
import { BadUserInputError, GatewayError, LimitExceededError } from '../errors.js';
import type { Clock } from '../lib/clock.js';
import type { Events } from '../observability/events.js';
import type { Credential } from '../upstream/credential.js';
import type { Upstream } from '../upstream/upstream.js';
import type { Exchange, ServerContext } from './exchange.js';
import { FairTurns } from './fair-turns.js';
import { Workload } from './workload.js';

export interface GraphqlRouteOptions {
  readonly apollo: ApolloServer<ServerContext>;
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

/** `GET` and `POST /graphql`. */
export function registerGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const { apollo, clock, events } = options;
  const turns = new FairTurns();
  const workload = new Workload(options.maxFieldsAtOnce);

  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    async handler(request, reply) {
      if (options.playground !== undefined && isNavigation(request)) return options.playground(reply);
      const began = clock.now();
      const requestId = randomUUID();
      events.requestBegan(requestId, toOne(request.headers['traceparent']));
      const exchange = await execute(request, reply, requestId);
      events.requestEnded({
        requestId,
        operationName: exchange.operationName,
        outcome: exchange.outcome ?? 'refused',
        codes: exchange.codes,
        status: reply.statusCode,
        durationMs: clock.now() - began,
        upstream: exchange.upstream?.stats,
      });
      return reply;
    },
  });

  async function execute(request: FastifyRequest, reply: FastifyReply, requestId: string): Promise<Exchange> {
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
    };
    const report = (enumName: string) => {
      events.unknownEnumValue(enumName);
    };
    const caller = credential?.caller ?? '';
    let leave: (() => void) | undefined;
    const enter = async (fields: number) => {
      leave = await workload.enter(caller, fields, signal);
    };
    const lists = turns.for(caller);
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
      if (exchange.outcome === undefined) exchange.codes = codesOf(response.body.string);
      for (const [name, value] of response.headers) reply.header(name, value);
      reply.header('cache-control', 'private, no-store').header('x-request-id', requestId);
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

/** Why Apollo refused what never came to its plugins' last hook. */
function codesOf(answer: string): string[] {
  const { errors = [] } = JSON.parse(answer) as { errors?: readonly { extensions: { code: string } }[] };
  return errors.map(({ extensions }) => extensions.code);
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
