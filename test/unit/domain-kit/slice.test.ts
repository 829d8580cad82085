import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConnection, type Connection } from '../../../src/domain-kit/connection.js';
import { parseSlice, toCursor, toPages } from '../../../src/domain-kit/slice.js';

const FILTER = 'phoneNumbers DirectNumber';
const refused = expect.objectContaining({ code: 'BAD_USER_INPUT' });

describe('the arguments of a connection', () => {
  it('ask for the first hundred when none is given', () => {
    expect(parseSlice({}, FILTER)).toEqual({ offset: 0, size: 100, numbered: false });
  });

  it('are refused out of range, together, and with a foreign cursor', () => {
    const bad = [
      { first: 0 },
      { first: -1 },
      { first: 1001 },
      { page: 0 },
      { page: 1001 },
      { perPage: 0 },
      { perPage: 1001 },
      { first: 10, page: 1 },
      { after: toCursor(FILTER, 3), perPage: 5 },
      { first: 10, perPage: 10 },
      { after: '' },
      { after: 'nonsense' },
      { after: toCursor('phoneNumbers', 3) },
      { after: toCursor(FILTER, -1) },
      { after: toCursor(FILTER, 1e6) },
      { after: toCursor(FILTER, 999_999) },
      { after: 'x'.repeat(1_000_000) },
    ];
    for (const args of bad) expect(() => parseSlice(args, FILTER)).toThrow(refused);
  });

  it('take null for not given', () => {
    expect(parseSlice({ first: 5, after: null, page: null, perPage: null }, FILTER).size).toBe(5);
  });
});

describe('the upstream pages of a slice', () => {
  it('hold it whole, are two at most, and lie within what upstream pages through', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 0, max: 999_000 }), (size, offset) => {
        const { perPage, firstPage, count } = toPages({ offset, size, numbered: false });
        expect(perPage).toBeLessThanOrEqual(1000);
        expect(firstPage + count - 1).toBeLessThanOrEqual(1000);
        expect((firstPage - 1) * perPage).toBeLessThanOrEqual(offset);
        expect((firstPage - 1 + count) * perPage).toBeGreaterThanOrEqual(offset + size);
      }),
      { numRuns: 5000 },
    );
  });

  it('is one page of just its size for a numbered pager', () => {
    expect(toPages(parseSlice({ page: 7, perPage: 30 }, FILTER))).toEqual({
      perPage: 30,
      firstPage: 7,
      count: 1,
    });
  });
});

/** An upstream that pages through so many numbers. */
const source = (total: number) => async (page: number, perPage: number) => {
  const start = (page - 1) * perPage;
  const records = Array.from({ length: Math.max(0, Math.min(perPage, total - start)) }, (_, i) => ({
    id: start + i,
  }));
  const more = start + perPage < total;
  return Promise.resolve({
    records,
    paging: { totalElements: total, totalPages: Math.ceil(total / perPage) },
    navigation: more ? { nextPage: { uri: 'https://upstream.example/next' } } : {},
  });
};

describe('walking a list by cursor', () => {
  it('gives every record once, in order, with any size, by two upstream pages a slice at most', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 250 }),
        fc.integer({ min: 1, max: 120 }),
        async (total, first) => {
          const seen: unknown[] = [];
          let after: string | null = null;
          for (;;) {
            let pages = 0;
            const fetch = source(total);
            const connection: Connection<unknown> = await readConnection<unknown>({
              slice: parseSlice({ first, after }, FILTER),
              filter: FILTER,
              fetchPage: (page, perPage) => {
                pages += 1;
                return fetch(page, perPage);
              },
              toNode: ({ id }) => id,
            });
            expect(pages).toBeLessThanOrEqual(2);
            expect(connection.pageInfo.hasPreviousPage).toBe(after !== null);
            seen.push(...connection.nodes);
            if (!connection.pageInfo.hasNextPage) break;
            after = connection.pageInfo.endCursor;
          }
          expect(seen).toEqual(Array.from({ length: total }, (_, i) => i));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('puts an error in the place of a malformed record, and keeps its neighbours', async () => {
    const { nodes } = await readConnection({
      slice: parseSlice({}, FILTER),
      filter: FILTER,
      fetchPage: () => Promise.resolve({ records: [{ id: 1 }, 'nonsense', { id: 3 }] }),
      toNode: ({ id }) => id,
    });
    expect(nodes).toEqual([1, expect.objectContaining({ code: 'UPSTREAM_INVALID_RESPONSE' }), 3]);
  });

  it('fails as a whole on an answer without records', async () => {
    const answer = readConnection({
      slice: parseSlice({}, FILTER),
      filter: FILTER,
      fetchPage: () => Promise.resolve({ records: 'none' }),
      toNode: ({ id }) => id,
    });
    await expect(answer).rejects.toMatchObject({ code: 'UPSTREAM_INVALID_RESPONSE' });
  });
});
