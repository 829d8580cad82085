import type { Answer } from './answer.js';
import { invalid } from './error-body.js';
import type { Json } from './json.js';

/** RingCentral's defaults and bounds (its guide, "Navigating through collections"). */
const DEFAULT_PER_PAGE = 100;
const MAX_PER_PAGE = 1000;
const MAX_PAGE = 1000;

/** One page of a list with its paging and navigation; beyond the end it has no records and no page number. */
export function toPage<T>(
  uri: string,
  records: readonly T[],
  query: URLSearchParams,
  toJson: (record: T) => Json,
): Answer {
  const page = positive(query.get('page') ?? '1', MAX_PAGE);
  if (page === undefined) return invalid('page', query.get('page'));
  const asked = positive(query.get('perPage') ?? String(DEFAULT_PER_PAGE), Infinity);
  if (asked === undefined) return invalid('perPage', query.get('perPage'));
  const perPage = Math.min(asked, MAX_PER_PAGE);
  const totalPages = Math.max(1, Math.ceil(records.length / perPage));
  const start = (page - 1) * perPage;
  const shown = records.slice(start, start + perPage);
  const at = (number: number) => {
    const params = new URLSearchParams(query);
    params.set('page', String(number));
    params.set('perPage', String(perPage));
    return { uri: `${uri}?${params.toString()}` };
  };
  const exists = page <= totalPages;
  const body = {
    uri: at(page).uri,
    records: shown.map(toJson),
    paging: {
      ...(exists && { page }),
      perPage,
      ...(shown.length > 0 && { pageStart: start, pageEnd: start + shown.length - 1 }),
      totalPages,
      totalElements: records.length,
    },
    navigation: {
      firstPage: at(1),
      ...(page > 1 && exists && { previousPage: at(page - 1) }),
      ...(page < totalPages && { nextPage: at(page + 1) }),
      lastPage: at(totalPages),
    },
  };
  return { status: 200, body };
}

function positive(text: string, max: number): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) && Number(text) <= max ? Number(text) : undefined;
}

/** A repeated query parameter, `usageType=A&usageType=B`, of which every value must be known; else the bad one. */
export function readFilter(
  query: URLSearchParams,
  name: string,
  known: ReadonlySet<string>,
): ((value: unknown) => boolean) | Answer {
  const wanted = query.getAll(name);
  const unknown = wanted.find((value) => !known.has(value));
  if (unknown !== undefined) return invalid(name, unknown);
  return (value) => wanted.length === 0 || wanted.includes(String(value));
}
