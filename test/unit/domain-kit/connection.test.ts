import { describe, expect, it } from 'vitest';
import { emptyConnection, readConnection } from '../../../src/domain-kit/connection.js';
import { requireId, type Json } from '../../../src/domain-kit/json.js';
import { parseSlice, toCursor, type SliceArguments } from '../../../src/domain-kit/slice.js';

const FILTER = 'list';
const more = { nextPage: { uri: 'https://platform.ringcentral.com/next' } };
const record = (index: number) => ({ id: `r${String(index)}` });
const records = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => record(from + index));

/** Reads a slice of what `answer` gives; the pages that were asked for beside it. */
async function read(args: SliceArguments, answer: (page: number, perPage: number) => Json) {
  const asked: [page: number, perPage: number][] = [];
  const connection = await readConnection({
    slice: parseSlice(args, FILTER),
    filter: FILTER,
    fetchPage: (page, perPage) => {
      asked.push([page, perPage]);
      return Promise.resolve(answer(page, perPage));
    },
    toNode: (json) => requireId(json),
  });
  return { connection, asked };
}

/** A list of so many records, as upstream pages through it. */
const listOf = (count: number) => (page: number, perPage: number) => ({
  records: records(Math.max(0, Math.min(perPage, count - (page - 1) * perPage)), (page - 1) * perPage),
  paging: { totalElements: count, totalPages: Math.ceil(count / perPage) },
  navigation: page * perPage < count ? more : {},
});

describe('the counts of a connection', () => {
  it('are upstream’s claims, where its pages are of the slice’s size', async () => {
    const { connection } = await read({ page: 2, perPage: 100 }, listOf(250));
    expect(connection).toMatchObject({ totalCount: 250, pageCount: 3 });
  });

  it('are without pages where the slice takes pages of another size', async () => {
    const after = toCursor(FILTER, 36);
    const { connection, asked } = await read({ first: 100, after }, listOf(250));
    expect(asked).not.toEqual([[1, 100]]);
    expect(connection).toMatchObject({ totalCount: 250, pageCount: null });
    expect(connection.nodes).toEqual(records(100, 37).map(({ id }) => id));
  });

  it.each([
    [undefined, null, null],
    [[], null, null],
    [{}, null, null],
    [{ totalElements: 0, totalPages: 0 }, 0, 0],
    [{ totalElements: '7', totalPages: -1 }, null, null],
  ])('of %j', async (paging, totalCount, pageCount) => {
    const { connection } = await read({}, () => ({ records: records(1), paging }));
    expect(connection).toMatchObject({ totalCount, pageCount });
  });

  it('of a list that is certainly empty are none', () => {
    const connection = emptyConnection(parseSlice({}, FILTER));
    expect(connection).toMatchObject({ edges: [], totalCount: 0, pageCount: null });
    expect(connection.pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    });
  });
});

describe('whether there is more', () => {
  it.each<[string, Json, boolean]>([
    ['a next page is named', { records: records(2), navigation: more }, true],
    ['the page holds more than was asked for', { records: records(3) }, true],
    ['a next page has no uri', { records: records(2), navigation: { nextPage: {} } }, false],
    ['a total claims it', { records: records(2), paging: { totalElements: 9 } }, false],
  ])('where %s', async (_, page, hasNextPage) => {
    const { connection } = await read({ first: 2 }, () => page);
    expect(connection.pageInfo.hasNextPage).toBe(hasNextPage);
    expect(connection.nodes).toEqual(['r0', 'r1']);
  });

  it('is told by the second of two pages', async () => {
    const { connection, asked } = await read({ first: 1000, after: toCursor(FILTER, 499) }, listOf(1500));
    expect(asked).toEqual([
      [1, 1000],
      [2, 1000],
    ]);
    expect(connection.nodes).toEqual(records(1000, 500).map(({ id }) => id));
    expect(connection.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
  });
});

describe('an edge', () => {
  it('has its place as its cursor, and an error where its record is malformed', async () => {
    const malformed = { records: [record(0), null, {}, 'x', record(4)] };
    const { connection } = await read({}, () => malformed);
    expect(connection.edges.map(({ cursor }) => cursor)).toEqual(
      [0, 1, 2, 3, 4].map((position) => toCursor(FILTER, position)),
    );
    expect(connection.nodes.map((node) => (node instanceof Error ? 'error' : node))).toEqual([
      'r0',
      'error',
      'error',
      'error',
      'r4',
    ]);
    expect(connection.pageInfo).toMatchObject({
      startCursor: toCursor(FILTER, 0),
      endCursor: toCursor(FILTER, 4),
    });
  });

  it.each([{}, { records: null }, { records: {} }])('is not made of %j, which is no list', async (page) => {
    await expect(read({}, () => page)).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' });
  });
});
