import { ApolloServer, HeaderMap, type ApolloServerPlugin, type GraphQLRequestContext } from '@apollo/server';
import {
  execute,
  GraphQLError,
  parse,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/context.js';
import { createSchema } from '../../src/schema.js';
import { createFormatError } from '../../src/server/format-error.js';
import { createJit, type JitBudget } from '../../src/server/jit.js';
import { ManualClock } from '../support/manual-clock.js';
import { createRandom, generateOperation, type GeneratedOperation } from '../support/operation-generator.js';
import { createUnreliableContext } from '../support/unreliable-context.js';

const OPERATIONS = 5000;
const EAGER: JitBudget = { uses: 1, kept: 100, selectionsPerSecond: Infinity };
const formatError = createFormatError({ suggestions: false, report: () => undefined });

/** As Apollo calls the plugin once an operation is found: undefined where graphql-js is to run it. */
function createRunner(schema: GraphQLSchema, budget?: Partial<JitBudget>, clock = new ManualClock()) {
  const plugin = createJit<object>({ schema, clock, formatError, ...(budget && { budget }) });
  return async (document: DocumentNode, variables: GeneratedOperation['variables'], contextValue: object) => {
    const operation = document.definitions.find((definition) => definition.kind === 'OperationDefinition');
    const request = { document, operation, request: { variables }, contextValue } as GraphQLRequestContext<object>;
    const listener = await plugin.requestDidStart?.(request as never);
    const response = await listener?.responseForOperation?.(request as never);
    return response?.body.kind === 'single' ? response.body.singleResult : undefined;
  };
}

async function runPlainly(schema: GraphQLSchema, document: DocumentNode, variables: object, contextValue: object) {
  const variableValues = variables as GeneratedOperation['variables'];
  const { data, errors } = await execute({ schema, document, variableValues, contextValue });
  return { data, errors: errors?.map((error) => formatError(error.toJSON(), error)) };
}

/** Errors in no order: that is nobody's promise. */
const toComparable = ({ data, errors = [] }: Pick<ExecutionResult, 'data'> & { errors?: readonly GraphQLFormattedError[] | undefined }) => ({
  data: JSON.stringify(data ?? null),
  errors: errors.map(({ path, locations, extensions }) => JSON.stringify([path, locations, extensions?.['code']])).sort(),
});

it(`answers ${String(OPERATIONS)} generated operations as graphql-js does, failures and all`, async () => {
  const schema = createSchema();
  const run = createRunner(createSchema(), EAGER);
  const cpu = [0,0,0,0];
  let compiled = 0;
  let failed = 0;
  for (let seed = 0; seed < OPERATIONS; seed += 1) {
    const t0 = process.cpuUsage().user;
    const { query, variables } = generateOperation(schema, createRandom(seed));
    const document = parse(query);
    const t1 = process.cpuUsage().user;
    const actual = await run(document, variables, createUnreliableContext(seed));
    const t2 = process.cpuUsage().user;
    cpu[0] += t1 - t0; cpu[1] += t2 - t1;
    if (actual === undefined) continue;
    const expected = await runPlainly(schema, document, variables, createUnreliableContext(seed));
    cpu[2] += process.cpuUsage().user - t2;
    compiled += 1;
    failed += expected.errors === undefined ? 0 : 1;
    expect(toComparable(actual), `${String(seed)}: ${query} ${JSON.stringify(variables)}`).toEqual(toComparable(expected));
  }
  console.log(compiled, failed, cpu);
  // Or nothing was proved.
  expect(compiled).toBeGreaterThan(OPERATIONS / 2);
  expect(failed).toBeGreaterThan(OPERATIONS / 5);
}, 120_000);
