import { expect, it } from 'vitest';
import { toRateLimit } from '../../../src/domains/rate-limit/mapper.js';

it('a budget has what is known of it, times as dates, and null for the rest', () => {
  const known = {
    group: 'light',
    limit: 50,
    remaining: 7,
    windowSeconds: 60,
    resetAt: Date.UTC(2026, 0, 31, 8, 15, 30),
    blockedUntil: Date.UTC(2026, 0, 31, 8, 16, 30),
  };
  expect(toRateLimit(known)).toEqual({
    ...known,
    resetAt: new Date('2026-01-31T08:15:30.000Z'),
    blockedUntil: new Date('2026-01-31T08:16:30.000Z'),
  });
  expect(toRateLimit({ group: 'heavy' })).toEqual({
    group: 'heavy',
    limit: null,
    remaining: null,
    windowSeconds: null,
    resetAt: null,
    blockedUntil: null,
  });
});
