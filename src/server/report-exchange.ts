import type { ApolloServerPlugin } from '@apollo/server';
import type { UpstreamStats } from '../upstream/request.js';
import type { ServerContext } from './exchange.js';

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
          exchange.outcome = errors.length === 0 ? 'ok' : data ? 'partial' : 'error';
          exchange.codes = errors.map(({ extensions }) => String(extensions?.['code']));
          if (options.stats) {
            const upstream = exchange.upstream?.stats ?? NOTHING;
            body.singleResult.extensions = { ...body.singleResult.extensions, upstream };
          }
          return Promise.resolve();
        },
      }),
  };
}
