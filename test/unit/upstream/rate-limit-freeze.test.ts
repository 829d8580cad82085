import { describe, expect, it } from 'vitest';
import { RateLimitedError } from '../../../src/errors.js';
import { createBudget, type Budget } from '../../../src/upstream/rate-limit.js';
import { Freezes } from '../../../src/upstream/rate-limit-freezes.js';
import { ManualClock, settle } from '../../support/manual-clock.js';
import { count, LIGHT, TestCaller } from './rate-limit-caller.js';

async function build(
  maxCallers = 10_000,
): Promise<{ clock: ManualClock; budget: Budget; caller: TestCaller }> {
  const clock = new ManualClock();
  const budget = createBudget({ clock, maxCallers });
  const caller = new TestCaller(budget);
  await caller.call({ ...LIGHT, remaining: 49 });
  return { clock, budget, caller };
}

/** Nothing is held for the caller any more, because others need the room. */
async function crowdOut(budget: Budget): Promise<void> {
  for (const name of ['x', 'y', 'z']) (await new TestCaller(budget, name).send()).release();
}

describe('a 429', () => {
  it("freezes that caller's group and no other, and no other caller", async () => {
    const { budget, caller } = await build();
    await caller
      .using('write', 'medium')
      .call({ group: 'medium', limit: 40, remaining: 39, windowSeconds: 60 });
    const other = new TestCaller(budget, 'other');
    await other.call({ ...LIGHT, remaining: 49 });
    await caller.call({ ...LIGHT, retryAfterSeconds: 60 }, 429);
    expect(await caller.askMany(1)).toEqual([{ outcome: 'refused', retryAfterSeconds: 60 }]);
    expect(await caller.using('write', 'medium').countAllowed()).toBe(39);
    expect(await other.countAllowed()).toBe(49);
    expect([
      budget.isFrozen('caller', 'getOne', 'light'),
      budget.isFrozen('other', 'getOne', 'light'),
    ]).toEqual([true, false]);
  });

  it('holds for 30 seconds where there is no Retry-After', async () => {
    const { clock, caller } = await build();
    await caller.call({}, 429);
    expect(await caller.askMany(1)).toEqual([{ outcome: 'refused', retryAfterSeconds: 30 }]);
    await clock.advance(29_999);
    expect(await caller.askMany(1)).toEqual([{ outcome: 'refused', retryAfterSeconds: 1 }]);
    await clock.advance(1);
    expect(await caller.countAllowed()).toBe(1);
  });

  it('is not believed in what it says of the remainder', async () => {
    const { clock, budget, caller } = await build();
    await caller.call({ ...LIGHT, remaining: 50, retryAfterSeconds: 60 }, 429);
    expect(budget.snapshot('caller')).toMatchObject([{ remaining: 0, blockedUntil: clock.now() + 60_000 }]);
    const fresh = new TestCaller(budget, 'fresh');
    await fresh.call({ group: 'light', remaining: 50, retryAfterSeconds: 1 }, 429);
    await clock.advance(1000);
    await fresh.call({ group: 'light' });
    expect(await fresh.countAllowed(10)).toBe(5);
  });

  it('of two ends takes the later, in either order', async () => {
    for (const ends of [
      [60, 10],
      [10, 60],
    ]) {
      const { clock, caller } = await build();
      const all = await caller.sendMany(2);
      for (const [index, retryAfterSeconds] of ends.entries()) {
        all[index]?.answered(429, { ...LIGHT, retryAfterSeconds });
      }
      await clock.advance(59_000);
      expect(await caller.askMany(1)).toEqual([{ outcome: 'refused', retryAfterSeconds: 1 }]);
    }
  });

  it('refuses at once who waits and cannot be served in time any more, and keeps who can', async () => {
    const { clock, caller } = await build();
    const slow = await caller.send();
    await caller.call({ ...LIGHT, remaining: 0 });
    const patient = caller.ask({ maxWaitMs: 120_000 });
    const hurried = caller.ask({ maxWaitMs: 60_000 });
    await settle();
    expect([patient.outcome, hurried.outcome]).toEqual(['waiting', 'waiting']);
    slow.answered(429, { ...LIGHT, retryAfterSeconds: 90 });
    await settle();
    expect([patient.outcome, hurried.outcome]).toEqual(['waiting', 'refused']);
    await clock.advance(90_000);
    expect(patient.outcome).toBe('granted');
  });

  it('keeps a call from leaving that had its place before, and takes the place back', async () => {
    const { clock, caller } = await build();
    const [sent] = await caller.sendMany(1);
    const [early, late] = await caller.askMany(2);
    sent?.answered(429, { ...LIGHT, retryAfterSeconds: 10 });
    expect(() => early?.reservation?.sent()).toThrow(RateLimitedError);
    await clock.advance(10_000);
    const probe = await caller.send();
    expect(() => late?.reservation?.sent()).toThrow(RateLimitedError);
    probe.answered(200, {});
    // The first call, the one refused by 429 and the probe; nothing of the two that never left.
    expect(await caller.countAllowed()).toBe(47);
  });

  it("stays with the caller's group though others are told that the operation belongs to another", async () => {
    const { budget, caller } = await build();
    await caller.call({ retryAfterSeconds: 60 }, 429);
    await new TestCaller(budget, 'other').call({ ...LIGHT, group: 'heavy', remaining: 9 });
    expect(await caller.askMany(1)).toEqual([{ outcome: 'refused', retryAfterSeconds: 60 }]);
    expect(budget.isFrozen('caller', 'getOne', 'light')).toBe(true);
  });

  it('refuses a storm of 50 without any of them leaving', async () => {
    const { caller } = await build();
    await caller.call({ ...LIGHT, retryAfterSeconds: 60 }, 429);
    const all = await caller.askMany(50);
    expect(all).toEqual(Array(50).fill({ outcome: 'refused', retryAfterSeconds: 60 }));
  });
});

describe('at the thaw', () => {
  async function thaw(waiters: number) {
    const { clock, caller, budget } = await build();
    await caller.call({ ...LIGHT, retryAfterSeconds: 60 }, 429);
    const waiting = await caller.askMany(waiters, { maxWaitMs: 60_000 });
    expect(count(waiting, 'waiting')).toBe(waiters);
    await clock.advance(60_000);
    expect(count(waiting, 'granted')).toBe(1);
    return { clock, caller, budget, waiting, probe: waiting[0]?.reservation };
  }

  it('one call goes first, the rest after its answer', async () => {
    const { waiting, probe } = await thaw(10);
    probe?.sent();
    probe?.answered(200, { ...LIGHT, remaining: 40 });
    await settle();
    expect(count(waiting, 'granted')).toBe(10);
  });

  it('when its answer is lost the next one goes alone, and the rest after that', async () => {
    const { caller, waiting, probe } = await thaw(10);
    probe?.sent();
    probe?.lost();
    await settle();
    expect(count(waiting, 'granted')).toBe(2);
    const late = caller.ask();
    const next = waiting.findLast(({ outcome }) => outcome === 'granted')?.reservation;
    next?.sent();
    next?.answered(200, { ...LIGHT, remaining: 40 });
    await settle();
    expect([count(waiting, 'granted'), late.outcome]).toEqual([10, 'granted']);
  });

  it('lost answers, one after the other, hold nobody for ever', async () => {
    const { waiting } = await thaw(10);
    for (let lost = 1; lost <= 10; lost += 1) {
      const probe = waiting[lost - 1]?.reservation;
      probe?.sent();
      probe?.lost();
      await settle();
    }
    expect(count(waiting, 'granted')).toBe(10);
  });

  it('the next one is the first when it was never sent', async () => {
    const { waiting, probe } = await thaw(10);
    probe?.release();
    await settle();
    expect(count(waiting, 'granted')).toBe(2);
  });

  it('those who come while it is under way wait for its answer, whatever they wait for budget', async () => {
    const { caller, probe } = await thaw(1);
    const late = caller.ask({ maxWaitMs: 0 });
    await settle();
    expect(late.outcome).toBe('waiting');
    probe?.sent();
    probe?.answered(200, {});
    await settle();
    expect(late.outcome).toBe('granted');
  });

  it('another 429 freezes again, and refuses those who cannot wait so long', async () => {
    const { clock, waiting, probe } = await thaw(10);
    probe?.sent();
    probe?.answered(429, { ...LIGHT, retryAfterSeconds: 60 });
    await settle();
    expect(count(waiting, 'refused')).toBe(9);
    await clock.advance(60_000);
    expect(count(waiting, 'granted')).toBe(1);
  });

  it('the answer to a call of before the freeze lets nobody go', async () => {
    const { clock, caller } = await build();
    const [slow, refused] = await caller.sendMany(2);
    refused?.answered(429, { ...LIGHT, retryAfterSeconds: 10 });
    await clock.advance(10_000);
    await caller.send();
    slow?.answered(200, { ...LIGHT, remaining: 40 });
    expect(count(await caller.askMany(5), 'waiting')).toBe(5);
  });
});

describe('a freeze outlives its caller', () => {
  it('when the caller is forgotten', async () => {
    const { clock, budget, caller } = await build(3);
    await caller.call({ ...LIGHT, retryAfterSeconds: 60 }, 429);
    await crowdOut(budget);
    expect(budget.isFrozen('caller', 'getOne', 'light')).toBe(true);
    expect(budget.snapshot('caller')).toEqual([{ group: 'light', blockedUntil: clock.now() + 60_000 }]);
    expect(await caller.askMany(1)).toEqual([{ outcome: 'refused', retryAfterSeconds: 60 }]);
    await crowdOut(budget);
    await clock.advance(60_000);
    expect(count(await caller.askMany(5), 'granted')).toBe(1);
  });

  it('when it comes with the answer to a call of a forgotten caller', async () => {
    const { budget, caller } = await build(3);
    const sent = await caller.send();
    const [reserved] = await caller.askMany(1);
    await crowdOut(budget);
    await caller.call({ ...LIGHT, remaining: 40 });
    sent.answered(429, { ...LIGHT, retryAfterSeconds: 60 });
    expect((await caller.askMany(1))[0]?.outcome).toBe('refused');
    expect(() => reserved?.reservation?.sent()).toThrow(RateLimitedError);
  });

  it('for who had a place when the caller was forgotten', async () => {
    const { budget, caller } = await build(3);
    const [reserved] = await caller.askMany(1);
    await crowdOut(budget);
    await caller.call({ ...LIGHT, retryAfterSeconds: 90 }, 429);
    expect(() => reserved?.reservation?.sent()).toThrow(RateLimitedError);
  });

  it('for who waited when the caller was forgotten', async () => {
    const { budget, caller } = await build(3);
    const sent = await caller.send();
    await caller.call({ ...LIGHT, remaining: 0 });
    const waiting = caller.ask({ maxWaitMs: 60_000 });
    await settle();
    await crowdOut(budget);
    await caller.call({ ...LIGHT, retryAfterSeconds: 90 }, 429);
    sent.answered(429, { ...LIGHT, retryAfterSeconds: 10 });
    await settle();
    expect(waiting).toMatchObject({ outcome: 'refused', retryAfterSeconds: 90 });
  });

  it('when other callers crowd it out', async () => {
    const budget = createBudget({ clock: new ManualClock(), maxCallers: 10 });
    const caller = new TestCaller(budget);
    await caller.call({ ...LIGHT, retryAfterSeconds: 60 }, 429);
    for (let index = 0; index < 100; index += 1) await new TestCaller(budget, String(index)).call({});
    expect((await caller.askMany(1))[0]?.outcome).toBe('refused');
  });
});

describe('what is remembered of freezes', () => {
  it('is bounded, and the one frozen longest ago is forgotten first', () => {
    const freezes = new Freezes(3);
    for (const caller of ['a', 'b', 'c', 'a', 'd']) freezes.extend(caller, 'light', 60_000, 0);
    expect([...freezes].map(([caller]) => caller)).toEqual(['c', 'a', 'd']);
  });

  it('goes with its end', () => {
    const freezes = new Freezes();
    freezes.extend('a', 'light', 60_000, 0);
    freezes.extend('a', 'heavy', 10_000, 0);
    freezes.extend('b', 'light', 70_000, 30_000);
    expect([...freezes]).toHaveLength(3);
    freezes.extend('c', 'light', 120_000, 60_000);
    expect([...freezes].map(([caller]) => caller)).toEqual(['b', 'c']);
    freezes.forgetEnded('b', 'light', 69_999);
    expect(freezes.endOf('b', 'light')).toBe(70_000);
    freezes.forgetEnded('b', 'light', 70_000);
    expect([...freezes].map(([caller]) => caller)).toEqual(['c']);
  });
});
