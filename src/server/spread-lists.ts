import {
  defaultFieldResolver,
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { ServerContext } from './exchange.js';

/** Has every list of objects completed in fair turns, whatever its domain. Changes the schema in place. */
export function spreadLists(schema: GraphQLSchema, options?: { readonly whole: boolean }): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (!isListType(getNullableType(field.type)) || !isCompositeType(getNamedType(field.type))) continue;
      const { resolve = defaultFieldResolver } = field;
      field.resolve = (source, args, context: ServerContext, info) => {
        const list: unknown = resolve(source, args, context, info);
        const spread = (value: unknown) =>
          Array.isArray(value) ? context.lists.spread(value, options) : value;
        return list instanceof Promise ? list.then(spread) : spread(list);
      };
    }
  }
  return schema;
}
