import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import type { IntrospectionSizes } from './introspection-size.js';

type Arguments = Readonly<Record<string, unknown>>;
type Field = GraphQLField<unknown, unknown>;

/** How the arguments of a field tell the size of what it answers. */
export interface ListSize {
  /** How many times its content may come. */
  size(args: Arguments): number;
  /** Entries of its list arguments and input lists; those of enums do not count. */
  entries(args: Arguments): number;
}

/** What the schema promises of `first` and `perPage`: resolvers refuse more, so more is never sent. */
const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 1000;
const PAGE_ARGUMENTS = ['first', 'perPage'];

/** The fields of a schema that are no single value. Entries of a list that another field sized count there. */
export function toListSizes(
  schema: GraphQLSchema,
  introspection: IntrospectionSizes['longest'],
): ReadonlyMap<unknown, ListSize> {
  const sizes = new Map<unknown, ListSize>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const fixed =
        introspection.get(`${type.name}.${field.name}`) ??
        (type === schema.getQueryType() && isListOfObjects(field) ? DEFAULT_PAGE_SIZE : undefined);
      const size = toListSize(field, fixed);
      if (size !== undefined) sizes.set(field, size);
    }
  }
  return sizes;
}

function toListSize({ args }: Field, fixed: number | undefined): ListSize | undefined {
  const lists = args.filter(({ type }) => holdsList(type)).map(({ name }) => name);
  const entries = (values: Arguments) => lists.reduce((sum, name) => sum + countEntries(values[name]), 0);
  if (args.some(({ name }) => PAGE_ARGUMENTS.includes(name))) return { size: pageSize, entries };
  if (lists.length > 0) return { size: entries, entries };
  return fixed === undefined ? undefined : { size: () => fixed, entries };
}

function pageSize(values: Arguments): number {
  const asked = PAGE_ARGUMENTS.map((name) => values[name]).filter((value) => typeof value === 'number');
  const size = asked.length === 0 ? DEFAULT_PAGE_SIZE : Math.max(...asked);
  return Math.min(Math.max(size, 0), MAX_PAGE_SIZE);
}

const isListOfObjects = ({ type }: Field) =>
  isListType(getNullableType(type)) && isCompositeType(getNamedType(type));

/** Whether values of a type may hold a list of anything but enums, whose values are few. */
function holdsList(type: GraphQLInputType, within: readonly string[] = []): boolean {
  const named = getNamedType(type);
  if (isListType(getNullableType(type))) return !isEnumType(named);
  if (!isInputObjectType(named) || within.includes(named.name)) return false;
  return Object.values(named.getFields()).some((field) => holdsList(field.type, [...within, named.name]));
}

function countEntries(value: unknown): number {
  if (Array.isArray(value))
    return value.reduce<number>((sum, entry) => sum + countEntries(entry), value.length);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, entry) => sum + countEntries(entry), 0);
}
