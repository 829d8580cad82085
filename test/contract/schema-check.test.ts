import { readFileSync } from 'node:fs';
import { assertEnumType, buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import {
  checkAcceptance,
  checkSchema,
  findUndescribed,
  loadSchema,
  printSnapshot,
  SNAPSHOT_FILE,
} from '../../scripts/schema.js';
import { ERROR_CODES } from '../../src/errors.js';

const RELEASED_SDL = `
  "Reads." type Query {
    "A line." line("Its id." id: ID!, "Its colour." colour: Colour = RED): Line
  }
  "A line." type Line { "Its id." id: ID! "Its label." label: String }
  "A colour." enum Colour { "Red." RED "Blue." BLUE }
  "A new line." input AddLineInput { "Its label." label: String }
`;
const released = printSnapshot(buildSchema(RELEASED_SDL));

function changed(from: string, to: string) {
  expect(RELEASED_SDL).toContain(from);
  return buildSchema(RELEASED_SDL.replace(from, to));
}

describe('the schema check', () => {
  it('lets an unchanged schema through, in whatever order it is written', () => {
    expect(checkSchema(released, buildSchema(RELEASED_SDL))).toEqual([]);
    expect(checkSchema(released, changed('"Red." RED "Blue." BLUE', '"Blue." BLUE "Red." RED'))).toEqual([]);
  });

  it('refuses a removed field and names it', () => {
    expect(
      checkSchema(released, changed('"Its label." label: String }\n  "A colour."', '}\n "A colour."')),
    ).toEqual(['Breaking change: Line.label was removed.']);
  });

  it('names every breaking change', () => {
    const schema = buildSchema(
      RELEASED_SDL.replace('"Blue." BLUE', '')
        .replace('colour: Colour = RED', 'colour: Colour!')
        .replace(
          'input AddLineInput { "Its label." label: String }',
          'input AddLineInput { "Its label." label: String! }',
        ),
    );
    expect(checkSchema(released, schema).toSorted()).toEqual([
      'Breaking change: AddLineInput.label changed type from String to String!.',
      'Breaking change: BLUE was removed from enum type Colour.',
      'Breaking change: Query.line arg colour has changed type from Colour to Colour!.',
    ]);
  });

  it('refuses a harmless change until the snapshot is rewritten', () => {
    const schema = changed(
      '"Its id." id: ID! "Its label."',
      '"Its id." id: ID! "Its length, m." length: Int "Its label."',
    );
    expect(checkSchema(released, schema)).toEqual([expect.stringContaining('npm run schema:accept')]);
    expect(checkSchema(printSnapshot(schema), schema)).toEqual([]);
  });

  it('refuses a changed default and a changed description', () => {
    for (const schema of [changed('= RED', '= BLUE'), changed('"A colour."', '"Another colour."')]) {
      expect(checkSchema(released, schema)).toEqual([expect.stringContaining('npm run schema:accept')]);
    }
  });

  it.each([
    ['"A line." type Line', 'type Line', 'Line'],
    ['"Its label." label: String }\n  "A colour."', 'label: String }\n "A colour."', 'Line.label'],
    ['"Its colour."', '', 'Query.line(colour:)'],
    ['"Red."', '', 'Colour.RED'],
    ['input AddLineInput { "Its label."', 'input AddLineInput {', 'AddLineInput.label'],
    ['"A colour."', '" "', 'Colour'],
  ])('refuses a missing description: %s → %s', (from, to, coordinate) => {
    const schema = changed(from, to);
    expect(checkSchema(printSnapshot(schema), schema)).toEqual([`No description: ${coordinate}`]);
  });

  it('asks for descriptions of directives too', () => {
    expect(findUndescribed(buildSchema('directive @cost(weight: Int) on OBJECT'))).toEqual([
      '@cost',
      '@cost(weight:)',
    ]);
  });
});

describe('accepting a schema', () => {
  it('takes a harmless change', () => {
    expect(checkAcceptance(released, changed('"Blue." BLUE', '"Blue." BLUE "Green." GREEN'), false)).toEqual(
      [],
    );
  });

  it('takes a breaking change only when told to', () => {
    const schema = changed('"Blue." BLUE', '');
    expect(checkAcceptance(released, schema, false)).toEqual([
      expect.stringContaining('BLUE'),
      expect.stringContaining('--breaking'),
    ]);
    expect(checkAcceptance(released, schema, true)).toEqual([]);
  });
});

describe('the public schema', () => {
  const schema = loadSchema();

  it('is the committed one, every element described', () => {
    expect(checkSchema(readFileSync(SNAPSHOT_FILE, 'utf8'), schema)).toEqual([]);
  });

  it('names exactly the error codes that the gateway gives', () => {
    const codes = assertEnumType(schema.getType('ErrorCode')).getValues();
    expect(codes.map(({ name }) => name).toSorted()).toEqual(ERROR_CODES.toSorted());
  });

  it('tells in its description of every other code that an error is shown with', () => {
    const { description } = assertEnumType(schema.getType('ErrorCode'));
    const source = readFileSync(new URL('../../src/server/format-error.ts', import.meta.url), 'utf8');
    const others = [...source.matchAll(/case '(\w+)':/g)]
      .map(([, code = '']) => code)
      .filter((code) => !ERROR_CODES.some((own) => own === code));
    expect(others.length).toBeGreaterThan(3);
    for (const code of others) expect(description).toContain(code);
  });
});
