import { Kind, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';

/** The fields of one place in the answer, by their names there. */
interface Place {
  count: number;
  spreads: number;
  readonly fields: Map<string, Place>;
}

/** As many selections are looked at; fragments that spread each other may multiply past all bounds. */
const MAX_SELECTIONS = 10_000;

/**
 * How many pairs of fields and of fragments a document's validation has to compare: those that an operation, or a
 * fragment that none spreads, writes for one place of the answer, with all fragments written out. Infinite where that is
 * too much to be counted.
 */
export function countPairs({ definitions }: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const within = new Set<string>();
  const spreads = new Set<string>();
  let selections = 0;
  let pairs = 0;

  function count(set: SelectionSetNode, place: Place): void {
    for (const selection of set.selections) {
      selections += 1;
      if (selections > MAX_SELECTIONS) return;
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const field = place.fields.get(name) ?? newPlace();
        place.fields.set(name, field);
        pairs += field.count;
        field.count += 1;
        if (selection.selectionSet) count(selection.selectionSet, field);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) count(selection.selectionSet, place);
      else spread(selection.name.value, place);
    }
  }

  /** One that spreads itself is for the validation to refuse. */
  function spread(name: string, place: Place): void {
    const fragment = fragments.get(name);
    if (fragment === undefined || within.has(name)) return;
    pairs += place.spreads;
    place.spreads += 1;
    write(fragment, place);
  }

  function write({ name, selectionSet }: FragmentDefinitionNode, place: Place): void {
    spreads.add(name.value);
    within.add(name.value);
    count(selectionSet, place);
    within.delete(name.value);
  }

  for (const definition of definitions)
    if (definition.kind === Kind.OPERATION_DEFINITION) count(definition.selectionSet, newPlace());
  for (const [name, fragment] of fragments) if (!spreads.has(name)) write(fragment, newPlace());
  return selections > MAX_SELECTIONS ? Infinity : pairs;
}

const newPlace = (): Place => ({ count: 0, spreads: 0, fields: new Map() });
