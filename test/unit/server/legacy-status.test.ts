import { describe, expect, it } from 'vitest';
import { loadSchema } from '../../../scripts/schema.js';
import { legacyStatus } from '../../../src/server/legacy-status.js';
import { startGuardedApollo } from '../../support/guarded-apollo.js';

const MODERN = 'application/graphql-response+json';
const LEGACY = 'application/json';

const start = () => startGuardedApollo({ schema: loadSchema(), plugins: [legacyStatus] });

describe('an operation that is refused before it runs', () => {
  it.each([
    ['does not parse', { query: '{' }],
    ['does not validate', { query: '{ nothing }' }],
    ['lacks a variable', { query: 'query ($id: ID!) { node(id: $id) { id } }' }],
    ['is none of its document', { query: '{ __typename }', operationName: 'A' }],
    [
      'asks for too much',
      {
        query:
          '{ extension { phoneNumbers { nodes { extension { phoneNumbers { nodes { extension { phoneNumbers { nodes { id } } } } } } } } } }',
      },
    ],
  ])(
    'because it %s is 400 to those who know the media type of GraphQL, and 200 to others',
    async (_why, body) => {
      const { post } = await start();
      const statusFor = async (headers: Record<string, string>) => (await post(body, headers)).status;
      expect(await statusFor({ accept: MODERN })).toBe(400);
      expect(await statusFor({ accept: `${MODERN}, ${LEGACY};q=0.9` })).toBe(400);
      expect(await statusFor({ accept: LEGACY })).toBe(200);
      expect(await statusFor({ accept: '*/*' })).toBe(200);
      expect(await statusFor({})).toBe(200);
    },
  );

  it('stays 400 without an operation to refuse', async () => {
    const { post } = await start();
    expect((await post({ variables: {} }, { accept: LEGACY })).status).toBe(400);
    expect((await post({ query: '' }, { accept: LEGACY })).status).toBe(400);
    expect((await post([], { accept: LEGACY })).status).toBe(400);
  });
});

it('one that runs and fails in part is 200 either way', async () => {
  const { post } = await start();
  const query = '{ __typename rateLimits { group } }';
  expect((await post({ query }, { accept: MODERN })).status).toBe(200);
  expect((await post({ query }, { accept: LEGACY })).status).toBe(200);
});
