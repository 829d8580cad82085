import type { Clock } from '../lib/clock.js';

export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
  readonly penaltySeconds: number;
}

export type Group = 'light' | 'medium' | 'heavy' | 'auth';

/** RingCentral's defaults for each user of an app. */
export const DEFAULT_LIMITS: Readonly<Record<Group, RateLimit>> = {
  light: { limit: 50, windowSeconds: 60, penaltySeconds: 60 },
  medium: { limit: 40, windowSeconds: 60, penaltySeconds: 60 },
  heavy: { limit: 10, windowSeconds: 60, penaltySeconds: 60 },
  auth: { limit: 5, windowSeconds: 60, penaltySeconds: 60 },
};

export interface Verdict {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sliding windows per user and group. A request during a penalty starts the penalty again. */
export class RateLimits {
  readonly #clock: Clock;
  readonly #limits: Readonly<Record<Group, RateLimit>>;
  readonly #sent = new Map<string, number[]>();
  readonly #penalties = new Map<string, number>();

  constructor(clock: Clock, limits: Readonly<Record<Group, RateLimit>>) {
    this.#clock = clock;
    this.#limits = limits;
  }

  reset(): void {
    this.#sent.clear();
    this.#penalties.clear();
  }

  take(user: string, group: Group): Verdict {
    const { limit, windowSeconds, penaltySeconds } = this.#limits[group];
    const key = `${user} ${group}`;
    const now = this.#clock.now();
    const recent = (this.#sent.get(key) ?? []).filter((at) => at > now - windowSeconds * 1000);
    const headers = {
      'x-rate-limit-group': group,
      'x-rate-limit-limit': String(limit),
      'x-rate-limit-window': String(windowSeconds),
    };
    const penalised = (this.#penalties.get(key) ?? 0) > now;
    if (penalised || recent.length >= limit) {
      this.#penalties.set(key, now + penaltySeconds * 1000);
      this.#sent.set(key, []);
      // What remains is the whole limit here, as seen in the wild: Retry-After is what counts.
      return {
        allowed: false,
        headers: {
          ...headers,
          'x-rate-limit-remaining': String(limit),
          'retry-after': String(penaltySeconds),
        },
      };
    }
    recent.push(now);
    this.#sent.set(key, recent);
    return {
      allowed: true,
      headers: { ...headers, 'x-rate-limit-remaining': String(limit - recent.length) },
    };
  }
}
