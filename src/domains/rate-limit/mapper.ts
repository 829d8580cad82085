import type { RateLimit } from '../../generated/resolvers.js';
import type { RateLimitState } from '../../upstream/rate-limit.js';

const toDate = (ms: number | undefined) => (ms === undefined ? null : new Date(ms));

export const toRateLimit = (state: RateLimitState): RateLimit => ({
  group: state.group,
  limit: state.limit ?? null,
  remaining: state.remaining ?? null,
  windowSeconds: state.windowSeconds ?? null,
  resetAt: toDate(state.resetAt),
  blockedUntil: toDate(state.blockedUntil),
});
