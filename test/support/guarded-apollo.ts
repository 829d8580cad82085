import { ApolloServer, HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import type { FormattedExecutionResult, GraphQLSchema } from 'graphql';
import { parseConfig } from '../../src/config.js';
import { createFormatError } from '../../src/server/format-error.js';
import { createLimits, type CostContext, type LimitsOptions } from '../../src/server/limits.js';

const DEFAULT_LIMITS = parseConfig({}).limits;

export interface GuardedOptions {
  readonly schema: GraphQLSchema;
  readonly limits?: Partial<LimitsOptions['limits']>;
  readonly suggestions?: boolean;
  readonly rootValue?: unknown;
  readonly plugins?: readonly ApolloServerPlugin[];
  readonly report?: (error: unknown) => void;
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: FormattedExecutionResult;
}

/** The extensions of an answer's errors, which tell why it was refused. */
export const refusals = ({ body }: Answer) => body.errors?.map(({ extensions }) => extensions);

/** Apollo with the guards of the edge and nothing else: no HTTP server, no resolvers. */
export async function startGuardedApollo(options: GuardedOptions) {
  const { schema, suggestions = true, plugins = [], report = () => undefined } = options;
  const guards = createLimits({ schema, suggestions, limits: { ...DEFAULT_LIMITS, ...options.limits } });
  const apollo = new ApolloServer<CostContext>({
    schema,
    rootValue: options.rootValue,
    introspection: true,
    parseOptions: guards.parseOptions,
    validationOptions: guards.validationOptions,
    validationRules: [...guards.validationRules],
    plugins: [ApolloServerPluginCacheControlDisabled(), ...guards.plugins, ...plugins],
    formatError: createFormatError({ suggestions, report }),
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    // What Apollo says of a server's failures is not the matter of a test.
    logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  await apollo.start();

  return {
    apollo,
    async post(body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
      const response = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: {
          method: 'POST',
          headers: new HeaderMap([['content-type', 'application/json'], ...Object.entries(headers)]),
          search: '',
          body,
        },
        context: () => Promise.resolve({ enter: () => Promise.resolve() }),
      });
      if (response.body.kind !== 'complete') throw new Error('an answer in parts');
      const text = response.body.string;
      return { status: response.status ?? 200, text, body: JSON.parse(text) as FormattedExecutionResult };
    },
  };
}
