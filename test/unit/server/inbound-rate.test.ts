import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInboundRate } from '../../../src/server/inbound-rate.js';
import { ManualClock } from '../../support/manual-clock.js';

const MINUTE = 60_000;

function start({ at, ...options }: { perMinute?: number; max?: number; at?: number } = {}) {
  const clock = new ManualClock(at);
  const rate = createInboundRate({ perMinute: 7, max: 100, clock, ...options });
  const allowed = (count: number, request: { address: string; caller?: string }) =>
    Array.from({ length: count }, () => rate.check(request)).filter((verdict) => verdict.allowed).length;
  return { clock, rate, allowed };
}

describe('an address', () => {
  it("may send a minute's requests at once and then no more", () => {
    const { rate, allowed } = start();
    expect(allowed(100, { address: 'a' })).toBe(7);
    expect(rate.check({ address: 'a' })).toEqual({ allowed: false, retryAfterSeconds: 9 });
  });

  it('may send exactly so many, whatever the rate and the fractions of the clock', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2000 }),
        fc.double({ min: 1.7e12, max: 1.8e12, noNaN: true }),
        (perMinute, at) => {
          expect(start({ perMinute, at }).allowed(perMinute + 10, { address: 'a' })).toBe(perMinute);
        },
      ),
    );
  });

  it('may send again after the time that it was told, and not before', async () => {
    const { clock, rate, allowed } = start();
    allowed(7, { address: 'a' });
    const { retryAfterSeconds } = rate.check({ address: 'a' });
    await clock.advance(retryAfterSeconds * 1000);
    expect(allowed(10, { address: 'a' })).toBe(1);
  });

  it.each([1, 7, 60, 1200])('gets %i a minute, however long it goes on', async (perMinute) => {
    const { clock, allowed } = start({ perMinute });
    const first = allowed(2 * perMinute, { address: 'a' });
    expect(first).toBe(perMinute);
    let later = 0;
    for (let step = 0; step < 50; step += 1) {
      await clock.advance(MINUTE / 10);
      later += allowed(2 * perMinute, { address: 'a' });
    }
    expect(Math.abs(later - 5 * perMinute)).toBeLessThanOrEqual(1);
  });

  it('has its own rate', () => {
    const { allowed } = start();
    allowed(100, { address: 'a' });
    expect(allowed(100, { address: 'b' })).toBe(7);
  });
});

describe('a caller', () => {
  it('counts for its address until RingCentral has accepted its credential, and by itself from then on', () => {
    const { rate, allowed } = start();
    expect(allowed(100, { address: 'a', caller: 'one' })).toBe(7);
    rate.accepted('one');
    expect(allowed(100, { address: 'a', caller: 'one' })).toBe(7);
    expect(allowed(100, { address: 'b', caller: 'one' })).toBe(0);
  });

  it('that is accepted is not held back by others behind its address', () => {
    const { rate, allowed } = start();
    rate.accepted('one');
    allowed(100, { address: 'a' });
    expect(allowed(100, { address: 'a', caller: 'one' })).toBe(7);
  });

  it('gets no new minute by being accepted again', () => {
    const { rate, allowed } = start();
    rate.accepted('one');
    allowed(100, { address: 'a', caller: 'one' });
    rate.accepted('one');
    expect(allowed(100, { address: 'a', caller: 'one' })).toBe(0);
  });

  it('whose credential is no longer taken counts for its address again', () => {
    const { rate, allowed } = start();
    rate.accepted('one');
    allowed(100, { address: 'a' });
    rate.refused('one');
    expect(allowed(100, { address: 'a', caller: 'one' })).toBe(0);
  });

  it('gets no new minute by having its credential refused in between', () => {
    const { rate, allowed } = start();
    rate.accepted('one');
    allowed(7, { address: 'a', caller: 'one' });
    rate.refused('one');
    rate.accepted('one');
    expect(allowed(100, { address: 'a', caller: 'one' })).toBe(0);
  });

  it('made up anew for every request escapes nothing, and pushes nobody out of memory', () => {
    const { rate, allowed } = start({ max: 10 });
    rate.accepted('honest');
    allowed(6, { address: 'b', caller: 'honest' });
    let passed = 0;
    for (let request = 0; request < 10_000; request += 1) {
      passed += allowed(1, { address: 'a', caller: `random ${String(request)}` });
    }
    expect(passed).toBe(7);
    expect(allowed(10, { address: 'b', caller: 'honest' })).toBe(1);
  });
});

it('remembers so many addresses and no more: the one that was quiet longest is forgotten', () => {
  const { allowed } = start({ max: 3 });
  for (const address of ['a', 'b', 'c']) allowed(7, { address });
  allowed(1, { address: 'd' });
  expect(allowed(1, { address: 'c' })).toBe(0);
  expect(allowed(1, { address: 'a' })).toBe(1);
});

it('0 a minute turns it off', () => {
  const { allowed } = start({ perMinute: 0 });
  expect(allowed(10_000, { address: 'a' })).toBe(10_000);
});
