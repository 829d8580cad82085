import type { Clock } from '../lib/clock.js';
import { createBatchLimits } from './batch-limits.js';
import { createMemoryCache, noCache, type ReadCache } from './cache.js';
import { createSharedCache } from './cache-redis.js';
import { createCallers } from './callers.js';
import { createClient, type CallEvent } from './client.js';
import { createSlots } from './concurrency.js';
import type { Credential } from './credential.js';
import { dropReads } from './kept-reads.js';
import { createLocks } from './locks.js';
import type { Budget } from './rate-limit.js';
import type { SharedRedis } from './rate-limit-redis.js';
import { createReads } from './reads.js';
import { UpstreamRequest } from './request.js';
import { Upstream } from './upstream.js';
import { createWrites } from './writes.js';

export interface GatewayOptions {
  readonly serverUrl: string;
  readonly userAgent: string;
  readonly timeoutMs: number;
  readonly maxConcurrency: number;
  readonly batchMaxIds: number;
  readonly batchWindowMs: number;
  readonly cacheTtlMs: number;
  readonly rateLimitMaxWaitMs: number;
  readonly maxCallers: number;
  readonly clock: Clock;
  readonly budget: Budget;
  readonly random: () => number;
  readonly onCall: (event: CallEvent) => void;
  readonly onCredential: (caller: string, accepted: boolean) => void;
  /** What replicas share; undefined for one alone. */
  readonly shared: SharedRedis | undefined;
}

/** The way to RingCentral that all requests of this process share. */
export interface Gateway {
  /** RingCentral as one request sees it. `signal` says that nobody waits for the request any more. */
  open(request: { credential: Credential; id: string; signal: AbortSignal }): Upstream;
  /** Drops all that is held for a caller who will not come back. */
  forget(caller: string): void;
  close(): void;
}

export function createGateway(options: GatewayOptions): Gateway {
  const { clock, budget, batchWindowMs: windowMs, rateLimitMaxWaitMs: maxWaitMs } = options;
  const slots = createSlots(options.maxConcurrency, clock);
  const client = createClient({
    ...options,
    slots,
    onCredential: (key, accepted) => {
      if (!accepted) dropReads(cache, callers.get(key));
      options.onCredential(key, accepted);
    },
  });
  const limits = createBatchLimits(options.batchMaxIds);
  const cache = createCache(options);
  const callers = createCallers({
    clock,
    max: options.maxCallers,
    cacheTtlMs: options.cacheTtlMs,
    onDrop: (key) => {
      budget.forget(key);
    },
    onEnd: cache.forget,
  });
  const reads = createReads({ client, budget, limits, cache, clock, windowMs, maxWaitMs });
  const writes = createWrites({ client, budget, limits, maxWaitMs, cache, locks: createLocks() });
  return {
    open({ credential, id, signal }) {
      const caller = callers.get(credential.caller);
      return new Upstream(new UpstreamRequest({ caller, credential, id, signal }), { reads, writes, budget });
    },
    forget: callers.drop,
    close() {
      client.close();
      cache.close();
    },
  };
}

function createCache({ cacheTtlMs: ttlMs, clock, shared }: GatewayOptions): ReadCache {
  if (ttlMs === 0) return noCache;
  const local = createMemoryCache({ ttlMs, clock });
  return shared === undefined ? local : createSharedCache({ ...shared, clock, ttlMs, local });
}
