import type { CacheEntry, CacheView, Outcome, ReadCache } from './cache.js';
import type { Caller } from './callers.js';
import type { JsonRecord } from './json.js';
import type { UpstreamRequest } from './request.js';
import type { SharedRead } from './shared-read.js';

/** What the cache may answer: a fresh entry always, a stale one while nothing may be sent. */
export function fromCache(
  request: UpstreamRequest,
  entry: CacheEntry | undefined,
  isFrozen: () => boolean,
): Outcome | undefined {
  if (entry === undefined || (!entry.fresh && !isFrozen())) return undefined;
  request.stats.cacheHits += 1;
  if (!entry.fresh) request.stats.stale += 1;
  return entry.outcome;
}

/** What a settled read came to; where the budget refused it, a stale entry is better than nothing. */
export function outcomeOf(
  request: UpstreamRequest,
  read: SharedRead,
  entry: CacheEntry | undefined,
): Outcome {
  const { outcome } = read;
  if (outcome === undefined) throw new TypeError('The read is not settled.');
  if ('value' in outcome || outcome.error.code !== 'RATE_LIMITED' || entry === undefined) return outcome;
  read.answeredElsewhere(request);
  return fromCache(request, entry, () => true) ?? outcome;
}

/** Keeps what is certain: what makes sense, and that there is none. */
export function keep(view: CacheView, { key, outcome, bytes, isWhole }: Kept): void {
  const certain =
    'value' in outcome ? isWhole(outcome.value as JsonRecord) : outcome.error.code === 'NOT_FOUND';
  if (certain) view.store(key, outcome, bytes);
}

export const isRefusedCredential = (outcome: Outcome) =>
  'error' in outcome && outcome.error.code === 'UNAUTHENTICATED';

/** The caller's credential was refused: whoever asks from now on gets nothing that was read with it. */
export function dropReads(cache: ReadCache, caller: Caller): void {
  caller.renewAll();
  void cache.drop(caller);
}

interface Kept {
  readonly key: string;
  readonly outcome: Outcome;
  readonly bytes: number;
  /** Whether a value is what was asked for: a 200 may hold anything. */
  isWhole(value: JsonRecord): boolean;
}
