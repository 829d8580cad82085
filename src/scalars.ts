import { GraphQLError, GraphQLScalarType } from 'graphql';

/** ISO 8601 in UTC, to the millisecond. It is only ever given, never taken. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize(value) {
    if (value instanceof Date) return value.toISOString();
    throw new GraphQLError('DateTime cannot represent this value.');
  },
});
