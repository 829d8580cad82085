/** What an answer says of the caller's budget; absent is what it did not say, or said in no sensible way. */
export interface RateHeaders {
  /** Lower case. */
  readonly group?: string;
  /** Requests allowed within the window. */
  readonly limit?: number;
  readonly remaining?: number;
  readonly windowSeconds?: number;
  readonly retryAfterSeconds?: number;
}

type HeaderFields = Readonly<Record<string, string | string[] | undefined>>;

/** Longer than any of RingCentral's windows and penalties (60 s), and short enough for a timer. */
const MAX_SECONDS = 86_400;
/** RFC 9110 §5.6.7; the two obsolete forms are not read. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
/** Groups are named by upstream: printable, and no longer than a name may be. */
const GROUP_NAME = /^[\x20-\x7e]{1,64}$/;

/** Reads `X-Rate-Limit-*` and `Retry-After` (seconds or a date); what makes no sense is left out. */
export function readRateHeaders(headers: HeaderFields, now: number): RateHeaders {
  const group = first(headers['x-rate-limit-group'])?.trim().toLowerCase();
  const limit = parseCount(headers['x-rate-limit-limit']);
  const remaining = parseCount(headers['x-rate-limit-remaining']);
  const windowSeconds = parseCount(headers['x-rate-limit-window']);
  const retryAfterSeconds = parseRetryAfter(headers, now);
  return {
    ...(group !== undefined && GROUP_NAME.test(group) && { group }),
    // A limit or window of 0 would allow nothing for ever.
    ...(limit !== undefined && limit > 0 && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(windowSeconds !== undefined &&
      windowSeconds > 0 && { windowSeconds: Math.min(windowSeconds, MAX_SECONDS) }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds: Math.min(retryAfterSeconds, MAX_SECONDS) }),
  };
}

function parseRetryAfter(headers: HeaderFields, now: number): number | undefined {
  const field = headers['retry-after'];
  const end = parseDate(field);
  if (end === undefined) return parseCount(field);
  // The answer's own date leaves the difference between the two clocks out.
  const from = parseDate(headers['date']) ?? now;
  return Math.max(0, Math.ceil((end - from) / 1000));
}

function parseDate(field: string | string[] | undefined): number | undefined {
  const text = first(field)?.trim() ?? '';
  const time = HTTP_DATE.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

function parseCount(field: string | string[] | undefined): number | undefined {
  const text = first(field)?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const first = (field: string | string[] | undefined) => (typeof field === 'string' ? field : field?.[0]);
