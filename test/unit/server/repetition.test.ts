import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { loadSchema } from '../../../scripts/schema.js';
import { legacyStatus } from '../../../src/server/legacy-status.js';
import { countPairs } from '../../../src/server/repetition.js';
import { refusals, startGuardedApollo } from '../../support/guarded-apollo.js';
import { repeat } from '../../support/write-document.js';

const schema = loadSchema();
const FIELDS = 'id resourceId accountId extensionNumber name type status';

const fragments = (count: number, fields: (at: number) => string) =>
  `{ extension { ${repeat(count, (at) => `...f${String(at)}`)} } } ` +
  repeat(count, (at) => `fragment f${String(at)} on Extension { ${fields(at)} }`);

describe('what validation has to compare', () => {
  it.each([
    ['{ extension { name } }', 0],
    ['{ a: extension { name } b: extension { name } }', 0],
    ['{ extension { name } extension { name } }', 2],
    ['{ extension { id id: name ... { id } ... on Extension { id } } }', 6],
    ['{ extension { ...f ...f } } fragment f on Extension { id name }', 3],
    ['query a { __typename } query b { __typename }', 0],
    ['{ ...f } fragment f on Query { __typename ...f }', 0],
    ['{ ...unknown }', 0],
    [
      '{ __typename } fragment unused on Query { __typename __typename ...other } fragment other on Query { __typename }',
      3,
    ],
  ])('in %s is %i pairs', (document, pairs) => {
    expect(countPairs(parse(document))).toBe(pairs);
  });
});

it.each([
  ['one field again and again', `{ ${repeat(400, () => '__typename')} }`],
  ['fields below fields', `{ ${repeat(150, () => `extension { ${FIELDS} }`)} }`],
  [
    'fields with arguments',
    `{ ${repeat(250, () => 'extension(extensionId: "1") { phoneNumbers { totalCount } }')} }`,
  ],
  ['fragments of the same fields', fragments(150, () => FIELDS)],
  ['fragments of different fields', fragments(400, (at) => `a${String(at)}: name`)],
  [
    'a field of a fragment that nobody spreads',
    `{ __typename } fragment f on Query { ${repeat(4000, () => '__typename')} }`,
  ],
  ['fragments in a chain', fragments(400, (at) => (at < 399 ? `name ...f${String(at + 1)}` : 'name'))],
])('%s are refused before they are compared', async (_what, query) => {
  const { post } = await startGuardedApollo({ schema });
  const answer = await post({ query });
  expect(refusals(answer)).toEqual([{ code: 'LIMIT_EXCEEDED', limit: 'MAX_REPETITION' }]);
  expect(answer.status).toBe(400);
});

it('a refusal for repetition is told like all others', async () => {
  const outcomes: unknown[] = [];
  const plugin = {
    requestDidStart: () =>
      Promise.resolve({ willSendResponse: () => Promise.resolve(void outcomes.push('told')) }),
  };
  const { post } = await startGuardedApollo({ schema, plugins: [legacyStatus, plugin] });
  const query = `{ ${repeat(400, () => '__typename')} }`;
  expect((await post({ query }, { accept: 'application/json' })).status).toBe(200);
  expect((await post({ query }, { accept: 'application/graphql-response+json' })).status).toBe(400);
  expect(outcomes).toHaveLength(2);
});

it.each([
  ['components that each ask for what they show', fragments(80, () => FIELDS)],
  [
    '300 look-ups by alias',
    `{ ${repeat(300, (at) => `a${String(at)}: extension(extensionId: "${String(at)}") { ${FIELDS} }`)} }`,
  ],
])('%s pass', async (_what, query) => {
  const { post } = await startGuardedApollo({ schema });
  expect(validate(schema, parse(query))).toEqual([]);
  expect(refusals(await post({ query }))).toBeUndefined();
});
