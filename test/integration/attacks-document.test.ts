import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../src/lib/global-id.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { nest, repeat } from '../support/write-document.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.emulator.clearJournal();
});

/** The codes of an answer's errors, and the limits that they name. */
async function refusals(query: string, variables?: Record<string, unknown>) {
  const { errors } = await gateway.query(query, { ...(variables && { variables }) });
  return errors.map(({ extensions: { code, limit } }) => (limit === undefined ? code : limit));
}

const SEGMENTS = [
  ...['', '.', '..', '1,2', '1/../2', '/etc/passwd', '1?perPage=1000', '1#x', '../../v1.0/account/~'],
  ...['1\r\nHost: elsewhere.example', '1\u0000', '1\t', '\u007f'],
];

describe.each([
  [
    'the id of a blocked number',
    'query ($id: ID!) { extension { blockedNumber(resourceId: $id) { label } } }',
  ],
  [
    'the id of a forwarding number',
    'query ($id: ID!) { extension { forwardingNumber(resourceId: $id) { label } } }',
  ],
  ['the id of a phone number', 'query ($id: ID!) { phoneNumber(resourceId: $id) { label } }'],
  ['the id of an extension', 'query ($id: ID!) { extension(extensionId: $id) { name } }'],
  ['the id of an account', 'query ($id: ID!) { extension(accountId: $id) { name } }'],
  [
    'the id of an extension to write to',
    'mutation ($id: ID!) { addBlockedNumber(input: { extensionId: $id, phoneNumber: "+16505550123" }) { userErrors { code } } }',
  ],
])('%s', (_what, query) => {
  it.each(SEGMENTS)('%j leaves its path segment nowhere: refused, with no call', async (id) => {
    expect(await refusals(query, { id })).toEqual(['BAD_USER_INPUT']);
    expect(gateway.calls()).toEqual([]);
  });

  it.each(['%2e%2e', '..;x', '1%2F2', '\\..\\', 'é', '💥'])('%j stays one segment', async (id) => {
    await refusals(query, { id });
    for (const { path } of gateway.emulator.journal) {
      expect(path.split('/')).toContain(encodeURIComponent(id));
    }
  });
});

describe('an id of a megabyte', () => {
  const id = 'a'.repeat(1_000_000);

  it('is past the body limit by default', async () => {
    expect(await refusals('query ($id: ID!) { node(id: $id) { id } }', { id })).toEqual(['MAX_BODY_BYTES']);
    expect(gateway.calls()).toEqual([]);
  });

  it.each(['node(id: $id) { id }', 'phoneNumber(resourceId: $id) { id label }'])(
    'is refused by %s where bodies may be so large',
    async (field) => {
      const large = await startGateway({ MAX_BODY_BYTES: '4000000' });
      const { errors } = await large.query(`query ($id: ID!) { ${field} }`, { variables: { id } });
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
      expect(errors[0]?.message.length).toBeLessThan(200);
      expect(large.calls()).toEqual([]);
      await large.stop();
    },
  );
});

describe('a forged global id', () => {
  const TYPES = ['Extension', 'PhoneNumber', 'ForwardingNumber', 'BlockedNumber.CALLER_BLOCKING'];
  const forged = [
    ...TYPES.flatMap((type) =>
      ['', '.', '..', 'a,b', 'a?b', 'a#b', 'a\nb', '\u0000'].flatMap((segment) => [
        encodeGlobalId(type, ['1', '2', segment]),
        encodeGlobalId(type, ['1', segment, '3']),
        encodeGlobalId(type, [segment, '2', '3']),
        encodeGlobalId(type, [segment, '2']),
      ]),
    ),
    ...['__proto__', 'constructor', 'toString', 'Query', 'BlockedNumber', 'BlockedNumber.__proto__', ''].map(
      (type) => encodeGlobalId(type, ['1', '2', '3']),
    ),
    ...TYPES.map((type) => encodeGlobalId(type, ['1'])),
    ...TYPES.map((type) => encodeGlobalId(type, ['1', '2', '3', '4'])),
    ...['', '=', 'null', '../..', Buffer.from([0xff, 0xfe]).toString('base64url')],
  ];

  it('is refused by node and nodes, each at its own place, with no call', async () => {
    const { data, errors } = await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      variables: { ids: forged },
    });
    expect(data).toEqual({ nodes: forged.map(() => null) });
    expect(errors.map(({ extensions, path }) => [extensions.code, path])).toEqual(
      forged.map((_id, index) => ['BAD_USER_INPUT', ['nodes', index]]),
    );
    expect(gateway.calls()).toEqual([]);
  });

  it('refuses a mutation whole, with no call', async () => {
    const good = encodeGlobalId('ForwardingNumber', ['401900100008', '401900101008', '1']);
    for (const id of forged) {
      const query =
        'mutation ($ids: [ID!]!) { deleteForwardingNumbers(input: { ids: $ids }) { deletedIds } }';
      expect(await refusals(query, { ids: [good, id] })).toEqual(['BAD_USER_INPUT']);
    }
    expect(gateway.calls()).toEqual([]);
  });

  it('of any text is refused or stays within its segments', async () => {
    const ids = fc.sample(
      fc.tuple(fc.constantFrom(...TYPES), fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 })),
      { seed: 7, numRuns: 300 },
    );
    await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Extension { name } } }', {
      variables: { ids: ids.map(([type, parts]) => encodeGlobalId(type, parts)) },
      token: gateway.emulator.tokens.otherUser,
    });
    expect(gateway.emulator.journal.length).toBeGreaterThan(0);
    for (const { path } of gateway.emulator.journal) {
      expect(path).toMatch(/^\/restapi\/v[12](\.0)?\/accounts?(\/[\w.~%!'()*-]+){1,6}$/);
      expect(path).not.toMatch(/\/\.\.?(\/|$)/);
    }
  });
});

describe('a bomb', () => {
  const pages = (levels: number, args = '') =>
    nest(levels, `phoneNumbers${args} { nodes { extension { `, ' } } }', 'id');

  it.each<[string, string, string]>([
    ['aliases', `{ ${repeat(501, (index) => `a${String(index)}: __typename`)} }`, 'MAX_ALIASES'],
    [
      'fragments that double',
      `{ ...f0 } ${repeat(20, (index) => `fragment f${String(index)} on Query { ...f${String(index + 1)} ...f${String(index + 1)} }`)} fragment f20 on Query { rateLimits { group } }`,
      'MAX_REPETITION',
    ],
    [
      'directives',
      `{ ${repeat(51, (index) => `a${String(index)}: __typename @skip(if: false)`)} }`,
      'MAX_DIRECTIVES',
    ],
    ['depth', `{ extension { ${pages(5)} } }`, 'MAX_DEPTH'],
    [
      'depth by fragments',
      `{ extension { ...f0 } } ${repeat(5, (index) => `fragment f${String(index)} on Extension { phoneNumbers(first: 1) { nodes { extension { ...f${String(index + 1)} } } } }`)} fragment f5 on Extension { id }`,
      'MAX_DEPTH',
    ],
    [
      'introspection',
      `{ __schema { types { ${nest(6, 'fields { type { ', ' } }', 'name')} } } }`,
      'MAX_DEPTH',
    ],
    ['tokens', `{ ${repeat(10_000, () => 'a')} }`, 'MAX_TOKENS'],
    ['lists that multiply by default page size', `{ extension { ${pages(3)} } }`, 'MAX_COST'],
    ['lists that multiply by literals', `{ extension { ${pages(2, '(first: 1000)')} } }`, 'MAX_COST'],
    [
      'lists with first as second argument',
      `{ extension { ${pages(2, '(usageType: [DIRECT_NUMBER], first: 1000)')} } }`,
      'MAX_COST',
    ],
    ['numbered pages', `{ extension { ${pages(2, '(page: 1, perPage: 1000)')} } }`, 'MAX_COST'],
  ])('of %s is refused, with no call', async (_what, query, limit) => {
    expect(new Set(await refusals(query))).toEqual(new Set([limit]));
    expect(gateway.calls()).toEqual([]);
    expect(JSON.parse(gateway.logs.at(-1) ?? '')).toMatchObject({
      msg: 'request',
      codes: ['LIMIT_EXCEEDED'],
    });
    const { metrics } = gateway.app;
    expect(await metrics.registry.metrics()).toContain('switchboard_errors_total{code="LIMIT_EXCEEDED"}');
  });

  it('whose size comes by variable is refused by it, and let through where it is small', async () => {
    const query = `query ($n: Int) { extension { ${pages(2, '(first: $n)')} } }`;
    expect(await refusals(query, { n: 1000 })).toEqual(['MAX_COST']);
    expect(gateway.calls()).toEqual([]);
    expect(await refusals(query, { n: 1 })).toEqual([]);
  });

  it('whose size is the default of a variable is refused', async () => {
    expect(await refusals(`query ($n: Int = 1000) { extension { ${pages(2, '(first: $n)')} } }`)).toEqual([
      'MAX_COST',
    ]);
  });

  it('of ids spread over lists is refused', async () => {
    const ids = Array.from({ length: 501 }, (_, index) => String(index));
    expect(
      await refusals(
        'query ($a: [ID!]!) { a: nodes(ids: $a) { id } b: phoneNumbers(resourceIds: $a) { id } }',
        {
          a: ids,
        },
      ),
    ).toEqual(['MAX_IDS']);
    expect(gateway.calls()).toEqual([]);
  });
});

it('an operation that the document does not have is refused, and no fault of ours', async () => {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query: 'query A { __typename }', operationName: 'B' }),
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }],
  });
  expect(gateway.logs.join('')).not.toContain('"fault"');
});
