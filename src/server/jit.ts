import { HeaderMap, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import type { GraphQLError } from 'graphql';
import type { DocumentNode, GraphQLFormattedError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { getVariableValues } from 'graphql/execution/values.js';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../lib/clock.js';
import { planCompilation, settleLists, type CompilationPlan } from './jit-plan.js';

export interface JitOptions {
  /** A schema of its own, equal to the server's: its list resolvers are wrapped in place (see settleLists). */
  readonly schema: GraphQLSchema;
  readonly clock: Clock;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
  readonly budget?: Partial<JitBudget> | undefined;
}

export interface JitBudget {
  /** An operation is compiled at this use: what is asked once or twice is not worth it. */
  readonly uses: number;
  /** Operations kept compiled; each holds some 100 kB of code. */
  readonly kept: number;
  /** Selections compiled a second, all clients together, and the most at once: each blocks the process. */
  readonly selectionsPerSecond: number;
  readonly burst: number;
}

/** A selection takes 0.1 to 0.25 ms to compile (bench/results): at most some 2 % of the time, and 0.25 s at once. */
const DEFAULT_BUDGET: JitBudget = { uses: 3, kept: 200, selectionsPerSecond: 100, burst: 1000 };

/**
 * Runs operations that come again and again as compiled code. graphql-js coerces the variables and runs all the rest:
 * an operation's first uses, what `planCompilation` leaves to it, and again a query in whose answer a failure has made
 * a parent null: which of several failures are told then is graphql-js's to say.
 */
export function createJit<C extends BaseContext>(options: JitOptions): ApolloServerPlugin<C> {
  const { schema, clock, formatError } = options;
  const budget = { ...DEFAULT_BUDGET, ...options.budget };
  const uses = new WeakMap<OperationDefinitionNode, number>();
  const plans = new WeakMap<OperationDefinitionNode, { id: number; plan: CompilationPlan | undefined }>();
  const compiled = new LRUCache<string, CompiledQuery | 'refused'>({ max: budget.kept });
  let planned = 0;
  let level = budget.burst;
  let filledAt = clock.now();
  settleLists(schema);

  function mayCompile(selections: number): boolean {
    const now = clock.now();
    level = Math.min(budget.burst, level + ((now - filledAt) / 1000) * budget.selectionsPerSecond);
    filledAt = now;
    if (selections > level) return false;
    level -= selections;
    return true;
  }

  function planOnce(document: DocumentNode, operation: OperationDefinitionNode) {
    let known = plans.get(operation);
    if (known === undefined) {
      known = { id: (planned += 1), plan: planCompilation(document, operation) };
      plans.set(operation, known);
    }
    return known;
  }

  function find(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables) {
    const used = (uses.get(operation) ?? 0) + 1;
    uses.set(operation, used);
    if (used < budget.uses) return undefined;
    const { id, plan } = planOnce(document, operation);
    const variant = plan?.variantOf(variables);
    if (plan === undefined || variant === undefined) return undefined;
    const key = `${String(id)} ${variant}`;
    const found = compiled.get(key);
    if (found !== undefined) return found === 'refused' ? undefined : found;
    if (!mayCompile(plan.selections)) return undefined;
    const result = compileQuery(schema, plan.toDocument(variables));
    compiled.set(key, isCompiledQuery(result) ? result : 'refused');
    return isCompiledQuery(result) ? result : undefined;
  }

  return {
    requestDidStart: () =>
      Promise.resolve({
        async responseForOperation({ document, operation: named, request, contextValue }) {
          // Apollo's type leaves out that the document may have none of that name.
          const operation = named as OperationDefinitionNode | undefined;
          if (operation === undefined) return null;
          const { coerced } = getVariableValues(
            schema,
            operation.variableDefinitions ?? [],
            request.variables ?? {},
          );
          const query = coerced && find(document, operation, coerced);
          if (query === undefined) return null;
          const { data, errors } = (await query.query(undefined, contextValue, coerced)) as Result;
          if (data === undefined || (errors && !isPlain(data, errors))) return null;
          // Apollo formats the errors of its own execution alone.
          const formatted = errors?.map((error) => formatError(error.toJSON(), error));
          return {
            http: { headers: new HeaderMap() },
            body: { kind: 'single', singleResult: { ...(formatted && { errors: formatted }), data } },
          };
        },
      }),
  };
}

type Variables = Readonly<Record<string, unknown>>;

interface Result {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLError[];
}

/** Whether each failure is told once, and made nothing null but what failed: then there is but one way to tell them. */
function isPlain(data: unknown, errors: readonly GraphQLError[]): boolean {
  const places = new Set(errors.map(({ path }) => path?.join('.')));
  return places.size === errors.length && !errors.some(({ path }) => isBelowNull(data, path));
}

/** Whether a parent of what a path names is null. */
function isBelowNull(data: unknown, path: GraphQLError['path']): boolean {
  let value = data;
  for (const key of path ?? []) {
    if (typeof value !== 'object' || value === null) return true;
    value = (value as Record<string | number, unknown>)[key];
  }
  return false;
}
