import {
  BREAK,
  getDirectiveValues,
  getNullableType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isListType,
  isObjectType,
  Kind,
  OperationTypeNode,
  visit,
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** How one operation is compiled: once for each set of values of the variables that its `@skip` and `@include` name. */
export interface CompilationPlan {
  /** How much there is to compile: selections, with every fragment written out. */
  readonly selections: number;
  /** Undefined where graphql-js has to refuse the values. */
  variantOf(variables: Variables): string | undefined;
  /** The operation alone, with what these values leave of it. */
  toDocument(variables: Variables): DocumentNode;
}

type Variables = Readonly<Record<string, unknown>>;

/**
 * Undefined for what graphql-jit 0.8.9 does otherwise than graphql-js:
 * - mutations, so that whatever is run again only reads;
 * - a variable within a list or an object: where it is not given, jit gives null;
 * - an answer's name that begins with `__`: jit writes names into an object literal, where `__proto__` is no name.
 * `@skip` and `@include` never reach it: it joins the conditions of a fragment that is spread twice.
 */
export function planCompilation(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompilationPlan | undefined {
  if (operation.operation !== OperationTypeNode.QUERY) return undefined;
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  const definitions: readonly DefinitionNode[] = [operation, ...fragments];
  const own: DocumentNode = { kind: Kind.DOCUMENT, definitions };
  const conditions = new Set<string>();
  const refused: ASTNode[] = [];
  const refuse = (node: ASTNode) => {
    refused.push(node);
    return BREAK;
  };
  const refuseVariables = { Variable: refuse };
  visit(own, {
    Field: (node) => (node.alias?.value.startsWith('__') ? refuse(node) : undefined),
    ListValue: (node) => void visit(node, refuseVariables),
    ObjectValue: (node) => void visit(node, refuseVariables),
    Directive({ arguments: args = [] }) {
      for (const { value } of args) if (value.kind === Kind.VARIABLE) conditions.add(value.name.value);
    },
  });
  if (refused.length > 0) return undefined;
  return {
    selections: countSelections(operation.selectionSet, fragments),
    variantOf(variables) {
      const values = [...conditions].map((name) => variables[name]);
      return values.every((value) => typeof value === 'boolean') ? values.join(' ') : undefined;
    },
    toDocument(variables) {
      const keep = (node: SelectionNode) => (isIncluded(node, variables) ? undefined : null);
      return visit(own, { Field: keep, InlineFragment: keep, FragmentSpread: keep, Directive: () => null });
    },
  };
}

function isIncluded(node: SelectionNode, variables: Variables): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false
  );
}

function countSelections(root: SelectionSetNode, fragments: readonly FragmentDefinitionNode[]): number {
  const byName = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  const counted = new Map<string, number>();
  const count = (set: SelectionSetNode | undefined): number =>
    (set?.selections ?? []).reduce((sum, selection) => {
      if (selection.kind !== Kind.FRAGMENT_SPREAD) return sum + 1 + count(selection.selectionSet);
      const name = selection.name.value;
      const found = counted.get(name) ?? count(byName.get(name)?.selectionSet);
      counted.set(name, found);
      return sum + found;
    }, 0);
  return count(root);
}

/**
 * Has every list resolver wait for its items, and stand errors in the places of those that fail: jit puts the null of
 * an item that fails before its neighbours have come in the wrong place. Which failures graphql-js still tells below a
 * parent that another failure made null depends on their time, so the schema that it runs is left alone.
 */
export function settleLists(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      if (resolve === undefined || !isListType(getNullableType(field.type))) continue;
      field.resolve = (...args) => {
        const result: unknown = resolve(...args);
        return result instanceof Promise ? result.then(settle) : settle(result);
      };
    }
  }
}

/** An array, or the promise of one where items are promises. */
function settle(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  const items = value.map((item: unknown) =>
    item instanceof Promise ? item.then(settle, toError) : settle(item),
  );
  return items.some((item) => item instanceof Promise) ? Promise.all(items) : items;
}

const toError = (reason: unknown) =>
  reason instanceof Error ? reason : new Error('An item of a list failed.', { cause: reason });
