import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { loadSchema } from '../../../scripts/schema.js';
import { refusals, startGuardedApollo } from '../../support/guarded-apollo.js';
import { nest, repeat } from '../../support/write-document.js';

const schema = loadSchema();

const LOOK_UP = '{ id resourceId phoneNumber label status }';
const INTROSPECTION = getIntrospectionQuery({
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
});

/** Everything that can be selected of a phone number, its extension's own fields with it. */
const PHONE_NUMBER = `
  __typename id resourceId phoneNumber label location primary callerIdName type usageType paymentType status
  country { __typename id uri callingCode isoCode name }
  extension {
    __typename id resourceId accountId extensionNumber name type status
    contact {
      __typename firstName lastName name company jobTitle email businessPhone mobilePhone emailAsLoginName department
      businessAddress { __typename street city state zip country }
      pronouncedName { __typename type text }
    }
  }`;
const PHONE_NUMBERS = `
  __typename
  edges { __typename cursor features node { ${PHONE_NUMBER} } }
  nodes { ${PHONE_NUMBER} }
  pageInfo { __typename hasNextPage hasPreviousPage startCursor endCursor }
  totalCount pageCount`;

describe('the default limits let through', () => {
  const ids = Array.from({ length: 1000 }, (_, index) => String(index));
  it.each([
    ['full introspection', INTROSPECTION, {}],
    [
      '300 aliased look-ups of five fields',
      `{ extension { ${repeat(300, (i) => `a${String(i)}: blockedNumber(resourceId: "${String(i)}") ${LOOK_UP}`)} } }`,
      {},
    ],
    [
      '1,000 ids in one list with all fields',
      `query ($ids: [ID!]!) { phoneNumbers(resourceIds: $ids) { ${PHONE_NUMBER} } }`,
      { ids },
    ],
    ['1,000 ids in the text', `{ nodes(ids: ${JSON.stringify(ids)}) { id } }`, {}],
    [
      'a list of 1,000 with all its fields',
      `{ extension { phoneNumbers(first: 1000) { ${PHONE_NUMBERS} } } }`,
      {},
    ],
    [
      '1,000 strings to parse',
      'query ($s: [String!]!) { parsePhoneNumbers(originalStrings: $s) { phoneNumbers { e164 } } }',
      { s: ids },
    ],
  ])('%s', async (_what, query, variables) => {
    const { post } = await startGuardedApollo({ schema });
    const answer = await post({ query, variables });
    expect(refusals(answer)?.filter((extensions) => extensions?.['code'] === 'LIMIT_EXCEEDED') ?? []).toEqual(
      [],
    );
    expect(answer.status).toBe(200);
  });
});

describe('a document past a limit is refused before anything of it runs', () => {
  it.each([
    [
      'fields nested too deeply',
      'MAX_DEPTH',
      `{ ${nest(5, 'extension { phoneNumbers { nodes { ', '} } }', 'id')} }`,
    ],
    [
      'fields nested too deeply by fragments',
      'MAX_DEPTH',
      `{ extension { ...f0 } } ${repeat(5, (i) => `fragment f${String(i)} on Extension { phoneNumbers { nodes { extension { ...f${String(i + 1)} } } } }`)}
       fragment f5 on Extension { id }`,
    ],
    ['too many aliases', 'MAX_ALIASES', `{ ${repeat(501, (i) => `a${String(i)}: __typename`)} }`],
    [
      'aliases multiplied by fragments',
      'MAX_ALIASES',
      `{ ${repeat(6, (i) => `a${String(i)}: extension { ...f }`)} }
       fragment f on Extension { ${repeat(90, (i) => `b${String(i)}: id`)} }`,
    ],
    ['too many directives', 'MAX_DIRECTIVES', `{ ${repeat(51, () => '__typename @include(if: true)')} }`],
    [
      'directives multiplied by fragments',
      'MAX_DIRECTIVES',
      `{ ...f0 } ${repeat(6, (i) => `fragment f${String(i)} on Query { ...f${String(i + 1)} @skip(if: false) ...f${String(i + 1)} }`)}
       fragment f6 on Query { __typename }`,
    ],
    ['too many tokens', 'MAX_TOKENS', `{ ${repeat(10_000, () => '__typename')} }`],
    [
      'introspection as deep as a type goes, and deeper',
      'MAX_DEPTH',
      `{ __schema { types { ${nest(13, 'ofType {', '}', 'name')} } } }`,
    ],
    [
      'the dearest lists of one type in introspection, by aliases',
      'MAX_COST',
      `{ ${repeat(270, (i) => `a${String(i)}: __type(name: "Node") { possibleTypes { fields { name args { name type { name } } } } }`)} }`,
    ],
    [
      'lists of lists in introspection',
      'MAX_DEPTH',
      '{ __type(name: "Query") { fields { type { fields { type { fields { name } } } } } } }',
    ],
    [
      'lists of lists in introspection by fragments',
      'MAX_DEPTH',
      `{ __schema { types { ...a } } } fragment a on __Type { fields { type { ...b } } }
       fragment b on __Type { fields { type { ...c } } } fragment c on __Type { fields { name } }`,
    ],
    [
      'introspection again and again',
      'MAX_COST',
      `{ ${repeat(10, (i) => `a${String(i)}: __schema { types { ...T } }`)} } ${INTROSPECTION.slice(INTROSPECTION.indexOf('fragment')).replace('FullType', 'T')}`,
    ],
    [
      'more fields than an answer may hold',
      'MAX_COST',
      '{ extension { phoneNumbers(first: 1000) { nodes { extension { phoneNumbers(first: 1000) { nodes { id } } } } } } }',
    ],
    [
      'fragments that multiply',
      'MAX_REPETITION',
      `{ ...f0 } ${repeat(14, (i) => `fragment f${String(i)} on Query { ...f${String(i + 1)} ...f${String(i + 1)} }`)}
       fragment f14 on Query { __typename }`,
    ],
    [
      'fragments that multiply lists',
      'MAX_COST',
      `{ a: extension { ...f } b: extension { ...f } }
       fragment f on Extension { phoneNumbers(first: 1000) { nodes { ${repeat(61, (i) => `b${String(i)}: id`)} } } }`,
    ],
    ['too many ids', 'MAX_IDS', `{ nodes(ids: [${repeat(1001, (i) => `"${String(i)}"`)}]) { id } }`],
    [
      'too many ids over several lists',
      'MAX_IDS',
      `{ ${repeat(11, (i) => `a${String(i)}: phoneNumbers(resourceIds: [${repeat(100, (j) => `"${String(j)}"`)}]) { id }`)} }`,
    ],
    [
      'too many ids in a mutation',
      'MAX_IDS',
      `mutation { deleteBlockedNumbers(input: { ids: [${repeat(1001, (i) => `"${String(i)}"`)}] }) { deletedIds } }`,
    ],
    [
      'ids under a list',
      'MAX_IDS',
      '{ extension { phoneNumbers(first: 600) { nodes { extension { forwardingNumbersByResourceId(resourceIds: ["1", "2"]) { id } } } } } }',
    ],
  ])('%s: %s', async (_what, limit, query) => {
    const resolve = vi.fn(() => null);
    const rootValue = {
      extension: resolve,
      nodes: resolve,
      phoneNumbers: resolve,
      deleteBlockedNumbers: resolve,
    };
    const { post } = await startGuardedApollo({ schema, rootValue });

    const answer = await post({ query });

    expect(refusals(answer)).toContainEqual({ code: 'LIMIT_EXCEEDED', limit });
    expect(answer.status).toBe(400);
    expect(answer.body.data).toBeUndefined();
    expect(resolve).not.toHaveBeenCalled();
  });

  it.each([
    [
      'by the literal',
      '{ extension { phoneNumbers(first: 1000) { nodes { extension { phoneNumbers(first: 1000) { nodes { id } } } } } } }',
      {},
    ],
    [
      'by a variable',
      'query ($n: Int) { extension { phoneNumbers(first: $n) { nodes { extension { phoneNumbers(first: $n) { nodes { id } } } } } } }',
      { n: 1000 },
    ],
    [
      'by the default of a variable',
      'query ($n: Int = 1000) { extension { phoneNumbers(first: $n) { nodes { extension { phoneNumbers(first: $n) { nodes { id } } } } } } }',
      {},
    ],
    [
      'by the default page size',
      `{ extension { ${nest(3, 'phoneNumbers { nodes { extension { ', '} } }', 'id')} } }`,
      {},
    ],
    [
      'by perPage',
      '{ extension { phoneNumbers(page: 1, perPage: 1000) { nodes { extension { phoneNumbers(page: 1, perPage: 1000) { nodes { id } } } } } } }',
      {},
    ],
    [
      'with first as the second argument',
      '{ extension { phoneNumbers(usageType: [DIRECT_NUMBER], first: 1000) { nodes { extension { phoneNumbers(after: "a", first: 1000) { nodes { id } } } } } } }',
      {},
    ],
    [
      'through aliases and fragments',
      '{ e: extension { ...F } } fragment F on Extension { x: phoneNumbers(first: 1000) { ... on PhoneNumberConnection { n: nodes { extension { phoneNumbers(first: 1000) { nodes { id } } } } } } }',
      {},
    ],
  ])('lists within lists are counted %s', async (_how, query, variables) => {
    const { post } = await startGuardedApollo({ schema });
    expect(refusals(await post({ query, variables }))).toEqual([
      { code: 'LIMIT_EXCEEDED', limit: 'MAX_COST' },
    ]);
  });

  it('it is told once, however many operations and rules it breaks', async () => {
    const { post } = await startGuardedApollo({ schema });
    const deep = nest(9, 'extension { phoneNumbers { nodes { ', '} } }', 'id');
    const answer = await post({ query: `query A { ${deep} } query B { ${deep} }`, operationName: 'A' });
    expect(refusals(answer)).toEqual([{ code: 'LIMIT_EXCEEDED', limit: 'MAX_DEPTH' }]);
  });

  it('the message names the limit and its value', async () => {
    const { post } = await startGuardedApollo({ schema, limits: { aliases: 1 } });
    const { body } = await post({ query: '{ a: __typename b: __typename }' });
    expect(body.errors?.[0]?.message).toContain('MAX_ALIASES of 1');
  });
});

describe('names like the misspelt one', () => {
  const query = '{ extensio { id } }';
  it('are suggested when that is wanted', async () => {
    const { post } = await startGuardedApollo({ schema, suggestions: true });
    expect((await post({ query })).text).toContain('Did you mean');
  });
  it('are not suggested when not', async () => {
    const { post } = await startGuardedApollo({ schema, suggestions: false });
    expect((await post({ query })).text).not.toContain('Did you mean');
  });
});

it('an operation that does not exist is refused by its name, not by its cost', async () => {
  const { post } = await startGuardedApollo({ schema });
  const answer = await post({ query: 'query A { __typename }', operationName: 'B' });
  expect(refusals(answer)).toEqual([{ code: 'OPERATION_RESOLUTION_FAILURE' }]);
});
