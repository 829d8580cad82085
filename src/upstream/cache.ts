import { LRUCache } from 'lru-cache';
import type { GatewayError } from '../errors.js';
import type { Clock } from '../lib/clock.js';
import { getOrAdd } from '../lib/get-or-add.js';
import type { Caller, Generation } from './callers.js';

/** What a read came to: a value, or the certain answer that there is none. */
export type Outcome = { readonly value: unknown } | { readonly error: GatewayError };

export interface CacheEntry {
  readonly outcome: Outcome;
  /** Younger than CACHE_TTL_MS. An older one may be shown only while RingCentral takes no requests. */
  readonly fresh: boolean;
}

/** What the cache knows of some keys, and where what is learnt of them goes. */
export interface CacheView {
  readonly entries: readonly (CacheEntry | undefined)[];
  /** Keeps an outcome under the generation in which this view was opened. */
  store(key: string, outcome: Outcome, bytes: number): void;
}

/** Finished reads, per caller, domain and generation. */
export interface ReadCache {
  open(caller: Caller, domain: string, keys: readonly string[]): CacheView | Promise<CacheView>;
  /** After a write, sent or uncertain: entries of earlier generations are never shown again. */
  renew(caller: Caller, domain: string): void | Promise<void>;
  /** After a refused credential: nothing that was read with it is shown again, of whatever domain. */
  drop(caller: Caller): void | Promise<void>;
  /** Nobody asks in this generation any more. */
  forget(generation: Generation): void;
  close(): void;
}

/** How much older than its TTL an entry may be when it is served in place of nothing. */
export const STALE_FACTOR = 10;
/** All callers' entries together; what one holds is bounded by what the others need. */
const MAX_BYTES = 64 * 1024 * 1024;
/** An entry's own weight besides its data. */
const ENTRY_BYTES = 200;

const NOTHING: CacheView = { entries: [], store: () => undefined };

/** CACHE_TTL_MS=0: nothing is kept. */
export const noCache: ReadCache = {
  open: () => NOTHING,
  renew: () => undefined,
  drop: () => undefined,
  forget: () => undefined,
  close: () => undefined,
};

export function createMemoryCache(options: { ttlMs: number; clock: Clock }): ReadCache {
  const { ttlMs, clock } = options;
  /** Keys of what is kept, by generation. */
  const keysOf = new Map<number, Set<string>>();
  const kept = new LRUCache<string, { outcome: Outcome; at: number; generation: number }>({
    maxSize: MAX_BYTES,
    dispose: ({ generation }, key) => {
      const keys = keysOf.get(generation);
      keys?.delete(key);
      if (keys?.size === 0) keysOf.delete(generation);
    },
  });

  return {
    open(caller, domain, keys) {
      const generation = caller.generation(domain);
      const { id } = generation;
      const keyOf = (key: string) => `${String(id)} ${key}`;
      const now = clock.now();
      const entries = keys.map((key): CacheEntry | undefined => {
        const entry = kept.get(keyOf(key));
        if (entry === undefined || now - entry.at > ttlMs * STALE_FACTOR) return undefined;
        return { outcome: entry.outcome, fresh: now - entry.at < ttlMs };
      });
      return {
        entries,
        store(key, outcome, bytes) {
          if (generation.ended) return;
          const size = Math.ceil(bytes) + key.length + ENTRY_BYTES;
          kept.set(keyOf(key), { outcome, at: clock.now(), generation: id }, { size });
          getOrAdd(keysOf, id, () => new Set()).add(keyOf(key));
        },
      };
    },
    forget({ id }) {
      const keys = keysOf.get(id) ?? [];
      keysOf.delete(id);
      for (const key of keys) kept.delete(key);
    },
    // A new generation has a new id.
    renew: () => undefined,
    drop: () => undefined,
    close: () => undefined,
  };
}
