import { LRUCache } from 'lru-cache';
import type { Clock } from '../lib/clock.js';

export interface InboundRateOptions {
  /** Requests a minute, of which all may come at once; 0 lets everything through. */
  readonly perMinute: number;
  readonly clock: Clock;
  /** Addresses remembered, and as many callers: past it those asked about longest ago are forgotten. */
  readonly max: number;
}

export interface Verdict {
  readonly allowed: boolean;
  /** At least 1 where the request is refused, else 0. */
  readonly retryAfterSeconds: number;
}

export interface InboundRate {
  /** Counts a request: for its caller once RingCentral has accepted that credential, before that for its address. */
  check(request: { readonly address: string; readonly caller?: string | undefined }): Verdict;
  /** RingCentral has answered this caller with anything but 401. Credentials made up at random never come so far. */
  accepted(caller: string): void;
  /** RingCentral no longer takes this credential. */
  refused(caller: string): void;
}

const MINUTE_MS = 60_000;
const ALLOWED: Verdict = { allowed: true, retryAfterSeconds: 0 };

/**
 * The generic cell rate algorithm: of each key only the time is kept at which a steady client would have sent all that
 * it has sent so far, and that time may be a minute ahead.
 */
export function createInboundRate({ perMinute, clock, max }: InboundRateOptions): InboundRate {
  if (perMinute === 0) return { check: () => ALLOWED, accepted: () => undefined, refused: () => undefined };

  const addresses = new LRUCache<string, number>({ max });
  const callers = new LRUCache<string, number>({ max });
  const intervalMs = MINUTE_MS / perMinute;

  return {
    check({ address, caller }) {
      const now = clock.now();
      const [counts, key] =
        caller !== undefined && callers.has(caller)
          ? ([callers, caller] as const)
          : ([addresses, address] as const);
      const next = Math.max(counts.get(key) ?? now, now) + intervalMs;
      const waitMs = next - now - MINUTE_MS;
      // Half an interval for what adding up fractions loses.
      if (waitMs > intervalMs / 2) return { allowed: false, retryAfterSeconds: Math.ceil(waitMs / 1000) };
      counts.set(key, next);
      return ALLOWED;
    },
    accepted(caller) {
      if (!callers.has(caller)) callers.set(caller, clock.now());
    },
    refused(caller) {
      callers.delete(caller);
    },
  };
}
