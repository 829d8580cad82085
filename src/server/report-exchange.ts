import type { ApolloServerPlugin } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { UpstreamStats } from '../upstream/request.js';
import type { Exchange, ServerContext } from './exchange.js';

const NOTHING: UpstreamStats = { calls: 0, ids: 0, coalesced: 0, cacheHits: 0, stale: 0, msWaited: 0 };

/** Notes what came of a request, and tells what it cost upstream where that is asked for. */
export function createExchangeReport(options: { stats: boolean }): ApolloServerPlugin<ServerContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ response, contextValue: { exchange }, operationName }) => {
          const { body } = response;
          if (body.kind !== 'single') return Promise.resolve();
          const { data, errors = [] } = body.singleResult;
          exchange.operationName = operationName ?? undefined;
          if (errors.length === 0) exchange.outcome = 'ok';
          else noteErrors(exchange, errors, data);
          if (options.stats) {
            const upstream = exchange.upstream?.stats ?? NOTHING;
            body.singleResult.extensions = { ...body.singleResult.extensions, upstream };
          }
          return Promise.resolve();
        },
      }),
  };
}

function noteErrors(exchange: Exchange, errors: readonly GraphQLFormattedError[], data: unknown): void {
  exchange.codes = errors.map(({ extensions }) => String(extensions?.['code']));
  exchange.limits = toLimits(errors);
  if (data !== undefined) exchange.outcome = data === null ? 'error' : 'partial';
  // Without data nothing was executed.
  else exchange.outcome = exchange.codes.includes('INTERNAL_SERVER_ERROR') ? 'error' : 'refused';
}

/** The limits that errors tell of, each once. */
export const toLimits = (errors: readonly GraphQLFormattedError[]): string[] => [
  ...new Set(
    errors
      .filter(({ extensions }) => extensions?.['code'] === 'LIMIT_EXCEEDED')
      .map(({ extensions }) => String(extensions?.['limit'])),
  ),
];
