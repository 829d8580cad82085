import { HeaderMap, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import type { DocumentNode, GraphQLFormattedError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../lib/clock.js';

export interface JitOptions {
  readonly schema: GraphQLSchema;
  readonly clock: Clock;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
}

/** An operation is compiled at this use: what is asked once or twice is not worth it. */
const USES_BEFORE_COMPILING = 3;
/** Operations kept compiled. An app has some dozens; each holds some 100 kB of code. */
const MAX_COMPILED = 200;
/** Operations whose uses are counted. */
const MAX_COUNTED = 1000;
/** One compilation blocks for milliseconds: clients that make up operations buy so many a second, all together. */
const COMPILATIONS_PER_SECOND = 10;

/**
 * Runs operations that come again and again as compiled code. graphql-js coerces the variables, and runs whatever is
 * not compiled: an operation's first uses, subscriptions, and what the compiler refuses.
 */
export function createJit<C extends BaseContext>({
  schema,
  clock,
  formatError,
}: JitOptions): ApolloServerPlugin<C> {
  const uses = new LRUCache<OperationDefinitionNode, number>({ max: MAX_COUNTED });
  const compiled = new LRUCache<OperationDefinitionNode, CompiledQuery | 'refused'>({ max: MAX_COMPILED });
  let second = 0;
  let spent = 0;

  function mayCompile(): boolean {
    const now = Math.floor(clock.now() / 1000);
    if (now !== second) spent = 0;
    second = now;
    spent += 1;
    return spent <= COMPILATIONS_PER_SECOND;
  }

  function find(document: DocumentNode, operation: OperationDefinitionNode): CompiledQuery | undefined {
    const found = compiled.get(operation);
    if (found !== undefined) return found === 'refused' ? undefined : found;
    const used = (uses.get(operation) ?? 0) + 1;
    uses.set(operation, used);
    if (used < USES_BEFORE_COMPILING || !mayCompile()) return undefined;
    const result = compileQuery(schema, document, operation.name?.value);
    const query = isCompiledQuery(result) ? result : undefined;
    compiled.set(operation, query ?? 'refused');
    return query;
  }

  return {
    requestDidStart: () =>
      Promise.resolve({
        async responseForOperation({ document, operation, request, contextValue }) {
          const query = find(document, operation);
          if (query === undefined) return null;
          const variables = getVariableValues(
            schema,
            operation.variableDefinitions ?? [],
            request.variables ?? {},
          );
          if (variables.errors !== undefined) return null;
          const { data, errors } = await query.query({}, contextValue, variables.coerced);
          // Apollo formats the errors of its own execution alone.
          const formatted = errors?.map((error) => formatError(error.toJSON(), error));
          return {
            http: { headers: new HeaderMap() },
            body: {
              kind: 'single',
              singleResult: {
                ...(formatted && { errors: formatted }),
                data: (data as Record<string, unknown> | null | undefined) ?? null,
              },
            },
          };
        },
      }),
  };
}
