import type { Clock } from '../lib/clock.js';

export interface RateLimit {
  /** Requests in a window. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** How long nothing is let through after the limit was passed. */
  readonly penaltySeconds: number;
}

export type Group = 'light' | 'medium' | 'heavy' | 'auth';

/** RingCentral's defaults for each user of an app (its guide, "Rate limits"). */
const DEFAULT_LIMITS: Readonly<Record<Group, RateLimit>> = {
  light: { limit: 50, windowSeconds: 60, penaltySeconds: 60 },
  medium: { limit: 40, windowSeconds: 60, penaltySeconds: 60 },
  heavy: { limit: 10, windowSeconds: 60, penaltySeconds: 60 },
  auth: { limit: 5, windowSeconds: 60, penaltySeconds: 60 },
};

/** What differs from RingCentral's defaults; `off` lets everything through and says nothing in headers. */
export type RateLimitOptions = 'off' | Readonly<Partial<Record<Group, RateLimit>>>;

export interface Verdict {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

interface Usage {
  /** When each request of the window came. */
  sent: number[];
  penaltyEnds: number;
  /** When none of this counts any more. */
  idleAt: number;
}

/** How many users are kept before those whose windows have passed are looked for. */
const SWEEP_FROM = 1000;

/** Sliding windows per user and group. A request during a penalty starts the penalty again. */
export class RateLimits {
  readonly #clock: Clock;
  readonly #limits: Readonly<Record<Group, RateLimit>> | undefined;
  readonly #usages = new Map<string, Usage>();
  #sweepAt = SWEEP_FROM;

  constructor(clock: Clock, options: RateLimitOptions) {
    this.#clock = clock;
    this.#limits = options === 'off' ? undefined : { ...DEFAULT_LIMITS, ...options };
  }

  take(user: string, group: Group): Verdict {
    if (this.#limits === undefined) return { allowed: true, headers: {} };
    const { limit, windowSeconds, penaltySeconds } = this.#limits[group];
    const now = this.#clock.now();
    const usage = this.#find(`${user} ${group}`, now);
    usage.sent = usage.sent.filter((at) => at > now - windowSeconds * 1000);
    const allowed = usage.penaltyEnds <= now && usage.sent.length < limit;
    if (allowed) {
      usage.sent.push(now);
      usage.idleAt = now + windowSeconds * 1000;
    } else {
      usage.sent = [];
      usage.penaltyEnds = now + penaltySeconds * 1000;
      usage.idleAt = usage.penaltyEnds;
    }
    return {
      allowed,
      headers: {
        'x-rate-limit-group': group,
        'x-rate-limit-limit': String(limit),
        // On a refusal the whole limit, as seen in the wild: Retry-After is what counts.
        'x-rate-limit-remaining': String(limit - usage.sent.length),
        'x-rate-limit-window': String(windowSeconds),
        ...(!allowed && { 'retry-after': String(penaltySeconds) }),
      },
    };
  }

  #find(key: string, now: number): Usage {
    const known = this.#usages.get(key);
    if (known !== undefined) return known;
    if (this.#usages.size >= this.#sweepAt) {
      for (const [other, { idleAt }] of this.#usages) if (idleAt <= now) this.#usages.delete(other);
      this.#sweepAt = Math.max(SWEEP_FROM, this.#usages.size * 2);
    }
    const usage = { sent: [], penaltyEnds: 0, idleAt: now };
    this.#usages.set(key, usage);
    return usage;
  }
}
