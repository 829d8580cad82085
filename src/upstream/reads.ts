import type { Clock } from '../lib/clock.js';
import type { ReadCache } from './cache.js';
import type { Fetching } from './fetch-records.js';
import { createLookUps } from './look-ups.js';
import { createReadScopes } from './read-scope.js';
import { createWholeReads } from './whole-reads.js';

export interface ReadsOptions extends Fetching {
  readonly cache: ReadCache;
  readonly clock: Clock;
  /** How long a caller's first look-up waits for others; 0: a request shares with itself alone. */
  readonly windowMs: number;
}

/** All reads of all callers. */
export function createReads(options: ReadsOptions) {
  const scopeOf = createReadScopes(options.windowMs);
  return {
    /** One record or error for each id, in the order asked; the ids are distinct. */
    lookUp: createLookUps(options, scopeOf),
    /** The answer's JSON object. @throws GatewayError */
    read: createWholeReads(options, scopeOf),
  };
}

export type Reads = ReturnType<typeof createReads>;
