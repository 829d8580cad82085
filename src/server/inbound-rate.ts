import { LRUCache } from 'lru-cache';
import type { Clock } from '../lib/clock.js';
import { getOrAdd } from '../lib/get-or-add.js';

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
  /** RingCentral no longer takes this credential. What it has sent stays counted, for when it is taken again. */
  refused(caller: string): void;
}

/** When a steady client would have sent all that this one has sent so far; that may be a minute ahead. */
interface Count {
  steadyAt: number;
}

interface CallerCount extends Count {
  accepted: boolean;
}

const MINUTE_MS = 60_000;
const ALLOWED: Verdict = { allowed: true, retryAfterSeconds: 0 };

/** The generic cell rate algorithm: of each key only a time is kept. */
export function createInboundRate({ perMinute, clock, max }: InboundRateOptions): InboundRate {
  if (perMinute === 0) return { check: () => ALLOWED, accepted: () => undefined, refused: () => undefined };

  const addresses = new LRUCache<string, Count>({ max });
  const callers = new LRUCache<string, CallerCount>({ max });
  const intervalMs = MINUTE_MS / perMinute;

  function countFor(address: string, caller: string | undefined): Count {
    const known = caller === undefined ? undefined : callers.get(caller);
    if (known?.accepted === true) return known;
    return getOrAdd<string, Count>(addresses, address, () => ({ steadyAt: 0 }));
  }

  return {
    check({ address, caller }) {
      const now = clock.now();
      const count = countFor(address, caller);
      const next = Math.max(count.steadyAt, now) + intervalMs;
      const waitMs = next - now - MINUTE_MS;
      // Half an interval for what adding up fractions loses.
      if (waitMs > intervalMs / 2) return { allowed: false, retryAfterSeconds: Math.ceil(waitMs / 1000) };
      count.steadyAt = next;
      return ALLOWED;
    },
    accepted(caller) {
      getOrAdd<string, CallerCount>(callers, caller, () => ({ steadyAt: 0, accepted: true })).accepted = true;
    },
    refused(caller) {
      const known = callers.get(caller);
      if (known !== undefined) known.accepted = false;
    },
  };
}
