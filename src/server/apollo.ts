import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { ServerContext } from './exchange.js';
import type { DocumentLimits } from './limits.js';

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly plugins: readonly ApolloServerPlugin<ServerContext>[];
  readonly limits: DocumentLimits;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
}

/** Apollo Server as the gateway uses it: single requests, no registration at run time, no stack traces. */
export function createApollo(options: ApolloOptions): ApolloServer<ServerContext> {
  return new ApolloServer<ServerContext>({
    schema: options.schema,
    introspection: options.introspection,
    plugins: [
      // Its instrumentation of every field costs as much as all the rest, and our answers are never cached by others.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ...options.limits.plugins,
      ...options.plugins,
    ],
    parseOptions: options.limits.parseOptions,
    validationOptions: options.limits.validationOptions,
    validationRules: [...options.limits.validationRules],
    formatError: options.formatError,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // A browser sends none of these across origins without asking first.
    csrfPrevention: {
      requestHeaders: ['x-apollo-operation-name', 'apollo-require-preflight', 'authorization', 'x-csrf'],
    },
  });
}
