import type { GraphQLRequestContext } from '@apollo/server';
import {
  execute,
  Kind,
  parse,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import { createFormatError } from '../../src/server/format-error.js';
import { createJit, type JitBudget } from '../../src/server/jit.js';
import { ManualClock } from './manual-clock.js';

export interface Answer {
  /** As JSON, so that the order of fields counts too. */
  readonly data: string;
  /** Path, locations and code of each error; sorted, since their order is nobody's promise. */
  readonly errors: readonly string[];
}

type Variables = Readonly<Record<string, unknown>>;

const formatError = createFormatError({ suggestions: false, report: () => undefined });

/** Compiles at the first use, whatever it costs. */
export const EAGER: JitBudget = { uses: 1, kept: 100, selectionsPerSecond: 0, burst: Infinity };

/** Asks the plugin as Apollo does once an operation is found. Undefined where it leaves it to graphql-js. */
export function createJitRunner(
  schema: GraphQLSchema,
  budget?: Partial<JitBudget>,
  clock = new ManualClock(),
) {
  const plugin = createJit<object>({ schema, clock, formatError, ...(budget && { budget }) });
  return async (
    document: DocumentNode,
    variables: Variables = {},
    contextValue = {},
  ): Promise<Answer | undefined> => {
    const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    const context = { document, operation, request: { variables }, contextValue };
    const listener = await plugin.requestDidStart?.(context as unknown as GraphQLRequestContext<object>);
    const response = await listener?.responseForOperation?.(context as never);
    if (response?.body.kind !== 'single') return undefined;
    return toAnswer(response.body.singleResult.data, response.body.singleResult.errors);
  };
}

/** What graphql-js answers. */
export async function interpret(
  schema: GraphQLSchema,
  document: DocumentNode,
  variableValues: Variables = {},
  contextValue = {},
): Promise<Answer> {
  const { data, errors } = await execute({ schema, document, variableValues, contextValue });
  return toAnswer(
    data,
    errors?.map((error) => formatError(error.toJSON(), error)),
  );
}

const toAnswer = (data: unknown, errors: readonly GraphQLFormattedError[] = []): Answer => ({
  data: JSON.stringify(data ?? null),
  errors: errors
    .map(({ path, locations, extensions }) => JSON.stringify([path, locations, extensions?.['code']]))
    .sort(),
});

/** Both answers to a text: what was compiled, and what graphql-js says. */
export async function answerTwice(make: () => GraphQLSchema, text: string, variables?: Variables) {
  const document = parse(text);
  return {
    compiled: await createJitRunner(make(), EAGER)(document, variables),
    interpreted: await interpret(make(), document, variables),
  };
}
