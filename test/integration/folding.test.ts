import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../src/lib/global-id.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
let account: string;
let extension: string;
/** Ids that exist, and ids of the same form that do not. */
let known: string[];

const idOf = (number: number) => Buffer.from(String(number)).toString('base64url');
const unknown = (count: number) => Array.from({ length: count }, (_, index) => idOf(19_995_550_100 + index));

beforeAll(async () => {
  gateway = await startGateway();
  const { data } = await gateway.query(
    '{ extension { resourceId accountId blockedNumbers(first: 1000) { nodes { resourceId } } } }',
  );
  ({ accountId: account, resourceId: extension } = data.extension);
  known = data.extension.blockedNumbers.nodes.map(({ resourceId }: { resourceId: string }) => resourceId);
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.emulator.reset();
});

const owner = () => `extension(accountId: "${account}", extensionId: "${extension}")`;
const globalId = (id: string, source = 'CALLER_BLOCKING') =>
  encodeGlobalId(`BlockedNumber.${source}`, [account, extension, id]);
const aliases = (ids: readonly string[]) =>
  ids.map((id, i) => `a${String(i)}: blockedNumber(resourceId: "${id}") { resourceId }`).join('\n');

/** Thirty ids of which most do not exist: it is the calls that are counted. */
const thirty = () => [...known.slice(0, 3), ...unknown(27)];

describe('look-ups of one request become the fewest possible calls', () => {
  it('30 written as aliases: 1', async () => {
    const { data, upstream } = await gateway.query(`{ ${owner()} { ${aliases(thirty())} } }`);
    expect(data.extension.a0).toEqual({ resourceId: known[0] });
    expect(data.extension.a29).toBeNull();
    expect(gateway.calls()).toEqual([
      `GET /restapi/v1.0/account/${account}/extension/${extension}/caller-blocking/phone-numbers/${thirty().join(',')}`,
    ]);
    expect(upstream).toMatchObject({ calls: 1, ids: 30, coalesced: 0 });
  });

  it('30 in a list: 1', async () => {
    const { data } = await gateway.query(
      `query ($ids: [ID!]!) { ${owner()} { blockedNumbersByResourceId(resourceIds: $ids) { resourceId } } }`,
      {
        variables: { ids: thirty() },
      },
    );
    expect(data.extension.blockedNumbersByResourceId.slice(0, 3)).toEqual(
      known.slice(0, 3).map((resourceId) => ({ resourceId })),
    );
    expect(gateway.calls()).toHaveLength(1);
  });

  it('15 in a list and 15 by nodes: 1', async () => {
    const ids = thirty();
    await gateway.query(
      `query ($list: [ID!]!, $nodes: [ID!]!) { ${owner()} { blockedNumbersByResourceId(resourceIds: $list) { label } } nodes(ids: $nodes) { id } }`,
      {
        variables: { list: ids.slice(0, 15), nodes: ids.slice(15).map((id) => globalId(id)) },
      },
    );
    expect(gateway.calls()).toHaveLength(1);
  });

  it('100 distinct ids: 4', async () => {
    await gateway.query(
      `query ($ids: [ID!]!) { ${owner()} { blockedNumbersByResourceId(resourceIds: $ids) { label } } }`,
      { variables: { ids: unknown(100) } },
    );
    expect(gateway.calls()).toHaveLength(4);
    const sent = gateway.emulator.journal.flatMap(({ path }) => (path.split('/').at(-1) ?? '').split(','));
    expect(sent.sort()).toEqual(unknown(100).sort());
  });

  it('100 ids of which 10 are distinct: 1', async () => {
    const ids = Array.from({ length: 100 }, (_, i) => unknown(10)[i % 10]);
    await gateway.query(
      `query ($ids: [ID!]!) { ${owner()} { blockedNumbersByResourceId(resourceIds: $ids) { label } } }`,
      { variables: { ids } },
    );
    expect(gateway.calls()).toHaveLength(1);
    expect(gateway.emulator.journal[0]?.path.split(',')).toHaveLength(10);
  });

  it('the same ids of two sources: one call for each', async () => {
    const ids = known.slice(0, 2);
    await gateway.query(
      `query ($ids: [ID!]!) { ${owner()} { a: blockedNumbersByResourceId(resourceIds: $ids) { label } b: blockedNumbersByResourceId(resourceIds: $ids, source: BLOCKED_NUMBER) { label } } }`,
      { variables: { ids } },
    );
    expect(gateway.calls()).toHaveLength(2);
  });

  it('one id alone is a plain single read', async () => {
    await gateway.query(`{ ${owner()} { blockedNumber(resourceId: "${known[0] ?? ''}") { label } } }`);
    expect(gateway.calls()).toEqual([
      `GET /restapi/v1.0/account/${account}/extension/${extension}/caller-blocking/phone-numbers/${known[0] ?? ''}`,
    ]);
  });

  it('an id answered already is not asked for again by a deeper field, although it was asked for as ~', async () => {
    const fresh = await startGateway();
    const { data } = await fresh.query(
      `{ extension { blockedNumber(resourceId: "${known[0] ?? ''}") { id extension { blockedNumber(resourceId: "${known[0] ?? ''}") { id } } } } }`,
    );
    expect(data.extension.blockedNumber.extension.blockedNumber.id).toBe(globalId(known[0] ?? ''));
    expect(fresh.calls()).toHaveLength(1);
    await fresh.stop();
  });

  it('an empty list: none', async () => {
    const { data } = await gateway.query(
      `{ ${owner()} { blockedNumbersByResourceId(resourceIds: []) { label } } nodes(ids: []) { id } }`,
    );
    expect(data).toEqual({ extension: { blockedNumbersByResourceId: [] }, nodes: [] });
    expect(gateway.calls()).toEqual([]);
  });
});

describe('each id keeps its own answer', () => {
  it('a missing one is null at its path with NOT_FOUND, and its neighbours arrive', async () => {
    const ids = [known[0], ...unknown(1), known[1]];
    const { data, errors } = await gateway.query(
      `query ($ids: [ID!]!) { ${owner()} { blockedNumbersByResourceId(resourceIds: $ids) { resourceId } } }`,
      { variables: { ids } },
    );
    expect(data.extension.blockedNumbersByResourceId).toEqual([
      { resourceId: known[0] },
      null,
      { resourceId: known[1] },
    ]);
    expect(errors).toEqual([
      expect.objectContaining({
        path: ['extension', 'blockedNumbersByResourceId', 1],
        extensions: {
          code: 'NOT_FOUND',
          upstream: expect.objectContaining({ status: 404, errorCode: 'CMN-102' }),
        },
      }),
    ]);
  });

  it('a bad one is null with BAD_USER_INPUT, and its neighbours are asked for', async () => {
    const { data, errors } = await gateway.query(
      `query ($ids: [ID!]!) { ${owner()} { blockedNumbersByResourceId(resourceIds: $ids) { resourceId } } }`,
      {
        variables: { ids: ['a/b', known[0], '..'] },
      },
    );
    expect(data.extension.blockedNumbersByResourceId).toEqual([null, { resourceId: known[0] }, null]);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT']);
    expect(gateway.calls()).toHaveLength(1);
  });
});
