import {
  __Schema,
  __Type,
  getNamedType,
  getNullableType,
  getVariableValues,
  GraphQLError,
  isInputObjectType,
  isListType,
  typeFromAST,
  TypeInfo,
  ValidationContext,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { createComplexityRule, type ComplexityEstimator } from 'graphql-query-complexity';
import { getOrAdd } from '../lib/get-or-add.js';
import { toIntrospectionSizes } from './introspection-size.js';
import { toListSizes } from './list-size.js';

/** What one operation asks for, as an upper bound. */
export interface Cost {
  /** Fields of its answer: a list counts its size times its content. */
  readonly fields: number;
  /** Entries of list arguments and input lists, times the sizes of the lists around them. */
  readonly ids: number;
}

type Variables = Readonly<Record<string, unknown>>;

/**
 * Counts an operation with the variables as they came. Undefined when there is none or its variables do not fit, so
 * that nothing will run; infinite when it selects too much to be counted.
 */
export type CostMeter = (
  document: DocumentNode,
  operation: OperationDefinitionNode | undefined,
  variables: Variables,
) => Cost | undefined;

/** Selections with every fragment written out. MAX_TOKENS by default lets fewer be written without fragments. */
const MAX_SELECTIONS = 10_000;
/** Kept for one operation; a list comes in at most MAX_IDS lengths, and most operations have one or two. */
const MAX_KEPT = 64;

type QueryComplexity = ReturnType<ReturnType<typeof createComplexityRule>>;

const allTypes = __Schema.getFields()['types'];
const TOO_MANY: Cost = { fields: Infinity, ids: 0 };

export function createCostMeter(schema: GraphQLSchema): CostMeter {
  const introspection = toIntrospectionSizes(schema);
  const listSizes = toListSizes(schema, introspection.longest);
  const typeInfo = new TypeInfo(schema);
  const operations = new WeakMap<OperationDefinitionNode, KeptCosts>();

  const fieldsOf: ComplexityEstimator = ({ field, args, childComplexity }) =>
    1 + (listSizes.get(field)?.size(args) ?? 1) * childComplexity;
  const idsOf: ComplexityEstimator = ({ field, args, childComplexity }) => {
    const list = listSizes.get(field);
    return list === undefined ? childComplexity : list.entries(args) + list.size(args) * childComplexity;
  };

  function count(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables) {
    let complete = true;
    const context = new ValidationContext(schema, document, typeInfo, () => {
      complete = false;
    });
    const createCounter = (estimator: ComplexityEstimator): QueryComplexity => {
      const options = { estimators: [estimator], maximumComplexity: Infinity, maxQueryNodes: MAX_SELECTIONS };
      const counter = createComplexityRule(options)(context);
      counter.variableValues = variables;
      return counter;
    };
    const ofOneType = createCounter(fieldsOf);
    const ofAllTypes = createCounter((part) =>
      introspection.countAll(part, () => ofOneType.nodeComplexity(part.node, __Type)),
    );
    const fields = createCounter((part) =>
      part.field === allTypes ? 1 + ofAllTypes.nodeComplexity(part.node, __Type) : fieldsOf(part),
    );
    const ids = createCounter(idsOf);
    const root = schema.getRootType(operation.operation) ?? undefined;
    const cost = { fields: fields.nodeComplexity(operation, root), ids: ids.nodeComplexity(operation, root) };
    return { cost, complete };
  }

  return (document, operation, variables) => {
    if (operation === undefined) return undefined;
    // Counting 30 look-ups takes a quarter of a millisecond, finding them counted a microsecond.
    const kept = getOrAdd(operations, operation, () => new KeptCosts(schema, operation));
    const key = kept.keyOf(variables);
    const known = kept.get(key);
    if (known !== undefined) return known;

    // One error is as bad as many, and those behind it cost time.
    const options = { maxErrors: 1 };
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, options);
    if (coerced === undefined) return undefined;
    try {
      const { cost, complete } = count(document, operation, coerced);
      // Incomplete: an argument did not fit, so that its field will not run; with other variables it may.
      if (complete) kept.set(key, cost);
      return cost;
    } catch (error) {
      if (error instanceof GraphQLError) return TOO_MANY;
      throw error;
    }
  };
}

/** What an operation costs by what its variables say of sizes. */
class KeptCosts {
  readonly #costs = new Map<string, Cost>();
  /** Undefined when more than lengths and plain values decide. */
  readonly #sizing: readonly string[] | undefined;

  constructor(schema: GraphQLSchema, { variableDefinitions = [] }: OperationDefinitionNode) {
    const variables = variableDefinitions.map(({ variable, type: node }) => {
      const type = getNullableType(typeFromAST(schema, node));
      const named = getNamedType(type);
      const list = isListType(type);
      return {
        name: variable.name.value,
        // first, perPage, and the conditions of @skip and @include.
        sizing: list || named?.name === 'Int' || named?.name === 'Boolean',
        involved: isInputObjectType(named) || (list && isListType(getNullableType(type.ofType))),
      };
    });
    const involved = variables.some((variable) => variable.involved);
    this.#sizing = involved ? undefined : variables.filter(({ sizing }) => sizing).map(({ name }) => name);
  }

  keyOf(variables: Variables): string | undefined {
    // What every object inherits is no variable.
    return this.#sizing
      ?.map((name) => sizeKey(Object.hasOwn(variables, name) ? variables[name] : undefined))
      .join();
  }

  get(key: string | undefined): Cost | undefined {
    return key === undefined ? undefined : this.#costs.get(key);
  }

  set(key: string | undefined, cost: Cost): void {
    if (key === undefined) return;
    if (this.#costs.size >= MAX_KEPT) this.#costs.clear();
    this.#costs.set(key, cost);
  }
}

/** Equal for values of the same size; what is neither a list nor a plain value can only be one entry of a list. */
function sizeKey(value: unknown): string {
  if (Array.isArray(value)) return `[${String(value.length)}`;
  const plain =
    value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean';
  return plain ? String(value) : 'one';
}
