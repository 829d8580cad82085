/**
 * Guards the public schema: `check` compares schema/*.graphql with the committed snapshot, `accept` rewrites the
 * snapshot (a breaking change only with `--breaking`).
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  assertValidSchema,
  buildASTSchema,
  buildSchema,
  concatAST,
  findBreakingChanges,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  parse,
  printSchema,
  Source,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

const ROOT = resolve(fileURLToPath(import.meta.url), '../..');
const SCHEMA_DIRECTORY = join(ROOT, 'schema');
export const SNAPSHOT_FILE = join(ROOT, 'test/contract/schema.graphql');

/** Merges the domains' SDL files; throws where they make no valid schema. */
export function loadSchema(directory = SCHEMA_DIRECTORY): GraphQLSchema {
  const documents = readdirSync(directory)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => parse(new Source(readFileSync(join(directory, file), 'utf8'), `schema/${file}`)));
  const schema = buildASTSchema(concatAST(documents));
  assertValidSchema(schema);
  return schema;
}

/** The whole schema as SDL, sorted, so that its order in the files never shows as a change. */
export function printSnapshot(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}

/** The coordinates (`Type.field(argument:)`) of everything without a description, in the schema's order. */
export function findUndescribed(schema: GraphQLSchema): string[] {
  const types = Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type),
  );
  const directives = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive));
  return [
    ...types.flatMap(elementsOf),
    ...directives.flatMap(({ name, description, args }) => [
      { coordinate: `@${name}`, description },
      ...args.map((arg) => ({ coordinate: `@${name}(${arg.name}:)`, description: arg.description })),
    ]),
  ]
    .filter(({ description }) => !description?.trim())
    .map(({ coordinate }) => coordinate);
}

interface Element {
  coordinate: string;
  description: string | null | undefined;
}

function elementsOf(type: GraphQLNamedType): Element[] {
  const elements: Element[] = [{ coordinate: type.name, description: type.description }];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const { name, description, args } of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${name}`;
      elements.push({ coordinate, description });
      elements.push(
        ...args.map((arg) => ({ coordinate: `${coordinate}(${arg.name}:)`, description: arg.description })),
      );
    }
  } else if (isInputObjectType(type) || isEnumType(type)) {
    const members = isEnumType(type) ? type.getValues() : Object.values(type.getFields());
    elements.push(
      ...members.map(({ name, description }) => ({ coordinate: `${type.name}.${name}`, description })),
    );
  }
  return elements;
}

/** What `schema` takes from the clients of the schema in `snapshot`, one sentence a change. */
export function findBreaking(snapshot: string, schema: GraphQLSchema): string[] {
  return findBreakingChanges(buildSchema(snapshot), schema).map(({ description }) => description);
}

/** The faults that keep `schema` from being released against the committed `snapshot`; none when it may be. */
export function checkSchema(snapshot: string, schema: GraphQLSchema): string[] {
  const faults = findUndescribed(schema).map((coordinate) => `No description: ${coordinate}`);
  const breaking = findBreaking(snapshot, schema);
  if (breaking.length > 0) {
    faults.push(...breaking.map((change) => `Breaking change: ${change}`));
  } else if (printSnapshot(schema) !== snapshot) {
    faults.push('The schema differs from its snapshot: run npm run schema:accept and commit the result.');
  }
  return faults;
}

/** The faults that keep `schema` from becoming the new snapshot. */
export function checkAcceptance(snapshot: string, schema: GraphQLSchema, breakingAllowed: boolean): string[] {
  if (breakingAllowed) return [];
  const changes = findBreaking(snapshot, schema).map((change) => `Breaking change: ${change}`);
  return changes.length > 0
    ? [...changes, 'To break it on purpose: npm run schema:accept -- --breaking']
    : [];
}

function main([command, flag]: string[]): void {
  const schema = loadSchema();
  const snapshot = readFileSync(SNAPSHOT_FILE, 'utf8');
  let faults: string[];
  if (command === 'check' && flag === undefined) {
    faults = checkSchema(snapshot, schema);
  } else if (command === 'accept' && (flag === undefined || flag === '--breaking')) {
    faults = checkAcceptance(snapshot, schema, flag !== undefined);
    if (faults.length === 0) writeFileSync(SNAPSHOT_FILE, printSnapshot(schema));
  } else {
    faults = ['Usage: schema.ts check | accept [--breaking]'];
  }
  if (faults.length > 0) {
    process.stderr.write(`${faults.join('\n')}\n`);
    process.exitCode = 1;
  }
}

const entry = process.argv[1];
if (entry !== undefined && resolve(entry) === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
