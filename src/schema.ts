import { readdirSync, readFileSync } from 'node:fs';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLSchema } from 'graphql';
import { domains } from './domains/index.js';
import { DateTime } from './scalars.js';

const DIRECTORY = new URL('../schema/', import.meta.url);

/** The schema of `schema/*.graphql` with the resolvers of every domain. */
export function createSchema(): GraphQLSchema {
  const files = readdirSync(DIRECTORY).filter((name) => name.endsWith('.graphql'));
  return makeExecutableSchema({
    typeDefs: files.map((name) => readFileSync(new URL(name, DIRECTORY), 'utf8')),
    resolvers: [...domains.map(({ resolvers }) => resolvers), { DateTime }],
    resolverValidationOptions: { requireResolversToMatchSchema: 'error' },
  });
}
