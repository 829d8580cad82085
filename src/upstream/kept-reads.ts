import type { CacheEntry, CacheView, Outcome, ReadCache } from './cache.js';
import type { Caller } from './callers.js';
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
  { outcome }: SharedRead,
  entry: CacheEntry | undefined,
): Outcome {
  if (outcome === undefined) throw new TypeError('The read is not settled.');
  if ('value' in outcome || outcome.error.code !== 'RATE_LIMITED') return outcome;
  return fromCache(request, entry, () => true) ?? outcome;
}

/** Keeps what is certain: records, and that there is none. A refused credential ends all that was read with it. */
export function keep(
  cache: ReadCache,
  caller: Caller,
  view: CacheView,
  { key, outcome, bytes }: { key: string; outcome: Outcome; bytes: number },
): void {
  if ('value' in outcome || outcome.error.code === 'NOT_FOUND') view.store(key, outcome, bytes);
  else if (outcome.error.code === 'UNAUTHENTICATED') {
    for (const domain of caller.readDomains) {
      caller.renew(domain);
      void cache.renew(caller, domain);
    }
  }
}
