import {
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { ComplexityEstimator } from 'graphql-query-complexity';

/** How long the lists of introspection are. */
export interface IntrospectionSizes {
  /** Of one type, field or directive: as long as the longest of the schema. By the names of type and field. */
  readonly longest: ReadonlyMap<string, number>;
  /**
   * Counts what is selected below `__schema { types }`, where all types come once, by how many of each kind the schema
   * has in all: by the longest lists, full introspection would cost many times what it is.
   * @param countOne counts what is selected of one type, as a reference leads to any
   */
  countAll(part: Parameters<ComplexityEstimator>[0], countOne: () => number): number;
}

export function toIntrospectionSizes(schema: GraphQLSchema): IntrospectionSizes {
  const types = Object.values(schema.getTypeMap());
  const directives = schema.getDirectives();
  const composite = types.filter((type) => isObjectType(type) || isInterfaceType(type));
  const fields = composite.flatMap((type) => Object.values(type.getFields()));
  const lists = {
    fields: composite.map((type) => Object.keys(type.getFields()).length),
    interfaces: composite.map((type) => type.getInterfaces().length),
    possibleTypes: types.filter(isAbstractType).map((type) => schema.getPossibleTypes(type).length),
    enumValues: types.filter(isEnumType).map((type) => type.getValues().length),
    inputFields: types.filter(isInputObjectType).map((type) => Object.keys(type.getFields()).length),
    args: fields.map(({ args }) => args.length),
  };
  const inAll = new Map([
    ['__Type', types.length],
    ['__Field', fields.length],
    ['__InputValue', sum(lists.args) + sum(lists.inputFields)],
    ['__EnumValue', sum(lists.enumValues)],
  ]);
  const references = new Map([
    ['interfaces', sum(lists.interfaces)],
    ['possibleTypes', sum(lists.possibleTypes)],
  ]);

  return {
    longest: new Map([
      ...Object.entries(lists).map(([name, lengths]): [string, number] => [
        `${name === 'args' ? '__Field' : '__Type'}.${name}`,
        Math.max(0, ...lengths),
      ]),
      ['__Schema.types', types.length],
      ['__Schema.directives', directives.length],
      ['__Directive.args', Math.max(0, ...directives.map(({ args }) => args.length))],
    ]),
    countAll({ type, field, childComplexity }, countOne) {
      const count = inAll.get(type.name) ?? 0;
      const refers = ['type', 'ofType'].includes(field.name) ? count : references.get(field.name);
      return count + (refers === undefined ? childComplexity : refers * countOne());
    },
  };
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
