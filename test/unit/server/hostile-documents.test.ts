import { expect, it, vi } from 'vitest';
import { loadSchema } from '../../../scripts/schema.js';
import { refusals, startGuardedApollo } from '../../support/guarded-apollo.js';
import { nest, repeat } from '../../support/write-document.js';

const schema = loadSchema();

it.each([
  ['a fragment that spreads itself', '{ ...a } fragment a on Query { ...a }'],
  [
    'fragments in a ring',
    '{ ...a } fragment a on Query { ...b } fragment b on Query { x: __typename @skip(if: true) ...a }',
  ],
])('%s fails validation and ends', async (_what, query) => {
  const { post } = await startGuardedApollo({ schema });
  const answer = await post({ query });
  expect(refusals(answer)).toContainEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
  expect(answer.status).toBe(400);
});

it.each([
  ['fields', (levels: number) => `{ ${nest(levels, 'extension {', '}', 'id')} }`],
  ['lists', (levels: number) => `{ nodes(ids: ${nest(levels, '[', ']')}) { id } }`],
  [
    'lists that are compared',
    (levels: number) => `{ ${repeat(2, () => `nodes(ids: ${nest(levels, '[', ']')}) { id }`)} }`,
  ],
  [
    'objects',
    (levels: number) =>
      `mutation { deleteBlockedNumbers(input: ${nest(levels, '{ a: ', '}', '1')}) { deletedIds } }`,
  ],
])('%s nested by the thousand are refused, and no fault of the server', async (_what, write) => {
  const report = vi.fn();
  const { post } = await startGuardedApollo({ schema, report, limits: { tokens: 10_000 } });
  // Somewhere here graphql-js runs out of stack, first while it validates and then while it parses.
  for (let levels = 100; levels <= 2400; levels += 100) {
    const answer = await post({ query: write(levels) });
    expect(answer.status).toBe(400);
    for (const extensions of refusals(answer) ?? []) {
      expect([
        { code: 'GRAPHQL_VALIDATION_FAILED' },
        { code: 'LIMIT_EXCEEDED', limit: 'MAX_DEPTH' },
      ]).toContainEqual(extensions);
    }
  }
  expect(report).not.toHaveBeenCalled();
});

it('what is nested past reading is told to be too deep', async () => {
  const { post } = await startGuardedApollo({ schema });
  const answer = await post({ query: `{ nodes(ids: ${nest(4900, '[', ']')}) { id } }` });
  expect(refusals(answer)).toEqual([{ code: 'LIMIT_EXCEEDED', limit: 'MAX_DEPTH' }]);
});

it('a failure of the server is not taken for one of them', async () => {
  const failing = {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: () => Promise.reject(new RangeError('of our own')),
      }),
  };
  const { post } = await startGuardedApollo({ schema, plugins: [failing] });
  const answer = await post({ query: '{ __typename }' });
  expect(answer.status).toBe(500);
  expect(refusals(answer)).toEqual([{ code: 'INTERNAL_SERVER_ERROR' }]);
});
