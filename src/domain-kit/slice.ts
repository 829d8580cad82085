import { BadUserInputError } from '../errors.js';
import { decodeGlobalId, encodeGlobalId } from '../lib/global-id.js';
import type { Query } from '../upstream/resource.js';

export interface SliceArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly page?: number | null | undefined;
  readonly perPage?: number | null | undefined;
}

/** Which part of a list is asked for, by position (0-based). */
export interface Slice {
  readonly offset: number;
  readonly size: number;
  /** Asked for by `page` and `perPage`. */
  readonly numbered: boolean;
}

// Upstream's own bounds: 100 a page unless told, at most 1,000, and at most 1,000 pages.
const DEFAULT_SIZE = 100;
const MAX = 1000;

/**
 * Reads the arguments of a connection.
 * @param filter what a cursor belongs to besides its position
 * @throws BadUserInputError
 */
export function parseSlice({ first, after, page, perPage }: SliceArguments, filter: string): Slice {
  const numbered = isGiven(page) || isGiven(perPage);
  if (numbered && (isGiven(first) || isGiven(after))) {
    throw new BadUserInputError('Ask by first and after, or by page and perPage, not by both.');
  }
  const size = parseBetween(numbered ? 'perPage' : 'first', (numbered ? perPage : first) ?? DEFAULT_SIZE);
  if (numbered) return { offset: (parseBetween('page', page ?? 1) - 1) * size, size, numbered };
  const offset = isGiven(after) ? parseCursor(after, filter) + 1 : 0;
  if (offset + size > MAX * MAX)
    throw new BadUserInputError('after is beyond what RingCentral can page through.');
  return { offset, size, numbered };
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

function parseBetween(name: string, value: number): number {
  if (value < 1 || value > MAX) throw new BadUserInputError(`${name} must be between 1 and ${String(MAX)}.`);
  return value;
}

export const toCursor = (filter: string, position: number): string =>
  encodeGlobalId('cursor', [filter, String(position)]);

function parseCursor(cursor: string, filter: string): number {
  const { type, parts } = decodeGlobalId(cursor) ?? { type: '', parts: [] };
  const [of, position = '', ...rest] = parts;
  if (type !== 'cursor' || rest.length > 0 || !/^\d{1,6}$/.test(position)) {
    throw new BadUserInputError('after is not a cursor of this list.');
  }
  if (of !== filter) throw new BadUserInputError('after is a cursor of another list or filter.');
  return Number(position);
}

/** The upstream pages that hold a slice: one where any page size has it whole, else two. */
export interface Pages {
  readonly perPage: number;
  /** 1-based. */
  readonly firstPage: number;
  readonly count: 1 | 2;
}

export function toPages({ offset, size }: Slice): Pages {
  const last = offset + size - 1;
  for (let perPage = size; perPage <= MAX; perPage += 1) {
    const index = Math.floor(offset / perPage);
    if (index < MAX && index === Math.floor(last / perPage))
      return { perPage, firstPage: index + 1, count: 1 };
  }
  const perPage = Math.max(size, Math.ceil((last + 1) / MAX));
  return { perPage, firstPage: Math.floor(offset / perPage) + 1, count: 2 };
}

/** The query of one upstream page. */
export const toPageQuery = (page: number, perPage: number, filter: Query = []): Query => [
  ['page', String(page)],
  ['perPage', String(perPage)],
  ...filter,
];
