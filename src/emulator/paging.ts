import type { Json } from './state.js';

const DEFAULT_PER_PAGE = 100;
const MAX_PER_PAGE = 1000;

/** One page of a list with its paging and navigation; beyond the end it has no records and no page number. */
export function toPage(uri: string, records: readonly Json[], query: URLSearchParams): Json {
  const page = positive(query.get('page')) ?? 1;
  const perPage = Math.min(positive(query.get('perPage')) ?? DEFAULT_PER_PAGE, MAX_PER_PAGE);
  const totalPages = Math.max(1, Math.ceil(records.length / perPage));
  const start = (page - 1) * perPage;
  const shown = records.slice(start, start + perPage);
  const at = (number: number) => {
    const params = new URLSearchParams(query);
    params.set('page', String(number));
    params.set('perPage', String(perPage));
    return { uri: `${uri}?${params.toString()}` };
  };
  const paging = { perPage, totalPages, totalElements: records.length };
  return {
    uri: at(page).uri,
    records: shown,
    paging:
      shown.length === 0 && page > 1
        ? paging
        : { page, pageStart: start, pageEnd: Math.max(start, start + shown.length - 1), ...paging },
    navigation: {
      firstPage: at(1),
      ...(page > 1 && page <= totalPages && { previousPage: at(page - 1) }),
      ...(page < totalPages && { nextPage: at(page + 1) }),
      lastPage: at(totalPages),
    },
  };
}

function positive(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
