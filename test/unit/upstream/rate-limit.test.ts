import { describe, expect, it } from 'vitest';
import { RateLimitedError } from '../../../src/errors.js';
import { createBudget, type Budget } from '../../../src/upstream/rate-limit.js';
import { ManualClock, settle } from '../../support/manual-clock.js';
import { count, LIGHT, TestCaller } from './rate-limit-caller.js';

function build(): { clock: ManualClock; budget: Budget; caller: TestCaller } {
  const clock = new ManualClock();
  const budget = createBudget({ clock });
  return { clock, budget, caller: new TestCaller(budget) };
}

describe('a group that no answer has told of', () => {
  it('has at most 5 calls in flight, and the others wait whatever they wait for budget', async () => {
    const { caller } = build();
    const all = await caller.askMany(20, { maxWaitMs: 0 });
    expect(all.map(({ outcome }) => outcome)).toEqual([
      ...Array<string>(5).fill('granted'),
      ...Array<string>(15).fill('waiting'),
    ]);
  });

  it('lets the next one go when a call is lost', async () => {
    const { clock, caller } = build();
    const all = await caller.askMany(7);
    await clock.advance(1000);
    all[0]?.reservation?.sent();
    all[0]?.reservation?.lost();
    await settle();
    expect([count(all, 'granted'), count(all, 'waiting')]).toEqual([6, 1]);
  });

  it('lets go what the first answer allows, and refuses the rest at once', async () => {
    const { caller } = build();
    const all = await caller.askMany(200);
    for (const { reservation } of all) reservation?.sent();
    // Someone else has used 30 of the 50, and the four others under way may come on top.
    all[0]?.reservation?.answered(200, { ...LIGHT, remaining: 19 });
    await settle();
    expect(count(all, 'granted')).toBe(5 + 15);
    expect(count(all, 'refused')).toBe(180);
  });

  it('stays as it is after an answer that says nothing of limits because it failed', async () => {
    const { caller } = build();
    await caller.call({}, 503);
    await caller.call({}, 401);
    expect(count(await caller.askMany(20), 'granted')).toBe(5);
  });

  it('stays so after one answer that tells nothing of limits: RingCentral tells of them in most, not in all', async () => {
    const { caller } = build();
    for (let answers = 0; answers < 9; answers += 1) await caller.call({}, 200 + (answers % 2) * 204);
    expect(await caller.countAllowed(20)).toBe(5);
  });

  it('has no limit when many answers in a row tell of none, until one does', async () => {
    const { caller } = build();
    const early = await caller.send();
    for (let answers = 0; answers < 10; answers += 1) await caller.call({});
    const all = await caller.sendMany(500);
    expect(all).toHaveLength(500);
    all[0]?.answered(200, { ...LIGHT, remaining: 50 });
    early.lost();
    expect(await caller.countAllowed()).toBe(0);
  });

  it('has five in flight again after a 429, though answers told of no limit', async () => {
    const { clock, caller } = build();
    for (let answers = 0; answers < 10; answers += 1) await caller.call({});
    await caller.call({ retryAfterSeconds: 1 }, 429);
    await clock.advance(1000);
    await caller.call({});
    expect(await caller.countAllowed(20)).toBe(5);
  });

  it('heeds a remainder that comes without a limit', async () => {
    const { clock, caller } = build();
    const [reserved] = await caller.askMany(1);
    await caller.call({ group: 'light', remaining: 0 });
    expect(() => reserved?.reservation?.sent()).toThrow(RateLimitedError);
    expect(await caller.askMany(1)).toEqual([{ outcome: 'refused', retryAfterSeconds: 60 }]);
    const waiting = await caller.askMany(7, { maxWaitMs: 60_000 });
    await clock.advance(60_000);
    expect(count(waiting, 'granted')).toBe(5);
  });

  it('is one of its own for each caller', async () => {
    const { budget, caller } = build();
    await caller.sendMany(5);
    expect(count(await new TestCaller(budget, 'other').askMany(5), 'granted')).toBe(5);
  });
});

describe('a budget that is known', () => {
  it('is the limit less the own sends, each of which comes back after the window', async () => {
    const { clock, caller } = build();
    await caller.call({ ...LIGHT, remaining: 49 });
    await clock.advance(10_000);
    for (const one of await caller.sendMany(49)) one.answered(200, {});
    expect(await caller.countAllowed()).toBe(0);
    await clock.advance(49_999);
    expect(await caller.countAllowed()).toBe(0);
    await clock.advance(1);
    expect(await caller.countAllowed()).toBe(1);
    await clock.advance(10_000);
    expect(await caller.countAllowed()).toBe(50);
  });

  it('counts a call from its reservation on, and gives its place back at once when it was never sent', async () => {
    const { caller } = build();
    await caller.call({ ...LIGHT, limit: 3, remaining: 2 });
    const all = await caller.askMany(3);
    expect(all.map(({ outcome }) => outcome)).toEqual(['granted', 'granted', 'refused']);
    const waiting = caller.ask({ maxWaitMs: 60_000 });
    all[1]?.reservation?.release();
    await settle();
    expect(waiting.outcome).toBe('granted');
  });

  it('gets the place back of a call that never reached upstream', async () => {
    const { caller } = build();
    await caller.call({ ...LIGHT, limit: 2, remaining: 1 });
    (await caller.send()).release();
    expect(await caller.countAllowed()).toBe(1);
  });

  it('counts a lost call like any other', async () => {
    const { clock, caller } = build();
    await caller.call({ ...LIGHT, limit: 2, remaining: 1 });
    (await caller.send()).lost();
    expect(await caller.countAllowed()).toBe(0);
    await clock.advance(60_000);
    expect(await caller.countAllowed()).toBe(2);
  });

  it('counts a call under way until a window after its end: nobody knows when upstream counted it', async () => {
    const { clock, caller } = build();
    await caller.call({ ...LIGHT, limit: 2, remaining: 1 });
    const slow = await caller.send();
    await clock.advance(60_000);
    expect(await caller.countAllowed()).toBe(1);
    slow.answered(200, {});
    await clock.advance(59_999);
    expect(await caller.countAllowed()).toBe(1);
    await clock.advance(1);
    expect(await caller.countAllowed()).toBe(2);
  });

  it('hears the end of a call once', async () => {
    const { caller } = build();
    await caller.call({ ...LIGHT, limit: 3, remaining: 2 });
    const one = await caller.send();
    one.answered(200, {});
    one.release();
    one.lost();
    one.answered(429, {});
    expect(await caller.countAllowed()).toBe(1);
  });

  it('follows a limit and a window that change', async () => {
    const { clock, caller } = build();
    await caller.call({ ...LIGHT, remaining: 49 });
    await caller.call({ group: 'light', limit: 10, remaining: 8, windowSeconds: 5 });
    expect(await caller.countAllowed()).toBe(8);
    await clock.advance(5000);
    expect(await caller.countAllowed()).toBe(10);
  });
});

describe('the remainder that an answer tells', () => {
  it('is never exceeded, less the sends since that request', async () => {
    const { caller } = build();
    await caller.call({ ...LIGHT, remaining: 49 });
    const asked = await caller.send();
    await caller.sendMany(3);
    asked.answered(200, { ...LIGHT, remaining: 20 });
    expect(await caller.countAllowed()).toBe(17);
  });

  it('counts by the time of the send: the late answer to an older request changes nothing', async () => {
    const { clock, caller } = build();
    await caller.call({ ...LIGHT, remaining: 49 });
    const older = await caller.send();
    await clock.advance(100);
    await caller.call({ ...LIGHT, remaining: 30 });
    older.answered(200, { ...LIGHT, remaining: 48 });
    expect(await caller.countAllowed()).toBe(30);
  });

  it('of an older request counts where a newer one was told nothing of it', async () => {
    const { caller } = build();
    await caller.call({ ...LIGHT, remaining: 49 });
    const older = await caller.send();
    await caller.call({ group: 'light', limit: 50 });
    older.answered(200, { ...LIGHT, remaining: 10 });
    expect(await caller.countAllowed()).toBe(9);
  });

  it('replaces what an older request was told, upwards too', async () => {
    const { clock, caller } = build();
    await caller.call({ ...LIGHT, remaining: 5 });
    await clock.advance(100);
    await caller.call({ ...LIGHT, remaining: 25 });
    expect(await caller.countAllowed()).toBe(25);
  });

  it('is not taken for more when parallel calls are answered in another order than they were sent', async () => {
    const { caller } = build();
    await caller.call({ ...LIGHT, remaining: 20 });
    const all = await caller.sendMany(20);
    // The fifth was the first to arrive upstream.
    all[4]?.answered(200, { ...LIGHT, remaining: 19 });
    expect(await caller.countAllowed()).toBe(0);
  });

  it('counts no parallel call twice, in whatever order they are answered', async () => {
    const { caller } = build();
    const [late, early] = await caller.sendMany(2);
    late?.answered(200, { ...LIGHT, remaining: 18 });
    early?.answered(200, { ...LIGHT, remaining: 19 });
    expect(await caller.countAllowed()).toBe(18);
  });

  it('does not shrink because calls were lost', async () => {
    const { caller } = build();
    await caller.call({ ...LIGHT, remaining: 49 });
    for (const one of await caller.sendMany(40)) one.lost();
    await caller.call({ ...LIGHT, remaining: 8 });
    expect(await caller.countAllowed()).toBe(8);
  });

  it('does not shrink the budget of a caller who is alone, whatever the order of parallel answers', async () => {
    const { caller } = build();
    await caller.call({ ...LIGHT, remaining: 49 });
    const all = await caller.sendMany(20);
    for (const [index, one] of all.reverse().entries())
      one.answered(200, { ...LIGHT, remaining: 48 - index });
    expect(await caller.countAllowed()).toBe(29);
  });

  it('keeps calls from leaving that were reserved before it was known', async () => {
    const { caller } = build();
    const all = await caller.askMany(5);
    all[0]?.reservation?.sent();
    all[0]?.reservation?.answered(200, { ...LIGHT, remaining: 2 });
    const left = all.slice(1).filter(({ reservation }) => {
      try {
        reservation?.sent();
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(RateLimitedError);
        return false;
      }
    });
    expect(left).toHaveLength(2);
    expect(await caller.countAllowed()).toBe(0);
  });

  it('of 0 blocks nobody for longer than the window', async () => {
    const { clock, caller } = build();
    await caller.call({ ...LIGHT, remaining: 0 });
    const waiting = await caller.askMany(10, { maxWaitMs: 60_000 });
    await clock.advance(59_999);
    expect(count(waiting, 'waiting')).toBe(10);
    await clock.advance(1);
    expect(count(waiting, 'granted')).toBe(10);
    expect(await caller.countAllowed()).toBe(40);
  });

  it('of 0 gives way as the own sends come back one by one', async () => {
    const { clock, caller } = build();
    for (const remaining of [2, 1, 0]) {
      await caller.call({ ...LIGHT, limit: 3, remaining });
      await clock.advance(10_000);
    }
    expect(await caller.countAllowed()).toBe(0);
    await clock.advance(30_000);
    expect(await caller.countAllowed()).toBe(1);
    await clock.advance(10_000);
    expect(await caller.countAllowed()).toBe(2);
  });
});

describe('who finds the budget empty', () => {
  async function empty() {
    const { clock, caller, budget } = build();
    for (const remaining of [2, 1, 0]) {
      await caller.call({ ...LIGHT, limit: 3, remaining });
      await clock.advance(10_500);
    }
    return { clock, caller, budget };
  }

  it('is refused at once, with the seconds until the oldest send comes back, rounded up', async () => {
    const { caller } = await empty();
    expect(await caller.askMany(1)).toEqual([{ outcome: 'refused', retryAfterSeconds: 29 }]);
  });

  it('is never told less than a second', async () => {
    const { clock, caller } = await empty();
    await clock.advance(28_499.5);
    expect(await caller.askMany(1)).toEqual([{ outcome: 'refused', retryAfterSeconds: 1 }]);
  });

  it('is refused at once when it cannot return in time for its turn, and waits when it can', async () => {
    const { clock, caller } = await empty();
    const first = caller.ask({ maxWaitMs: 28_500 });
    const hopeless = caller.ask({ maxWaitMs: 28_500 });
    const second = caller.ask({ maxWaitMs: 39_000 });
    await settle();
    expect([first.outcome, hopeless.outcome, second.outcome]).toEqual(['waiting', 'refused', 'waiting']);
    await clock.advance(28_500);
    expect([first.outcome, second.outcome]).toEqual(['granted', 'waiting']);
    expect(first.reservation?.waitedMs).toBe(28_500);
    await clock.advance(10_500);
    expect(second.outcome).toBe('granted');
  });

  it('is served in the order of asking', async () => {
    const { clock, caller } = await empty();
    const order: number[] = [];
    for (const number of [1, 2, 3]) {
      const asked = caller.ask({ maxWaitMs: 60_000 });
      Object.defineProperty(asked, 'outcome', { set: () => order.push(number) });
    }
    await settle();
    await clock.advance(60_000);
    expect(order).toEqual([1, 2, 3]);
  });

  it('is not overtaken by one who comes just before its turn is told', async () => {
    const clock = new ManualClock();
    let aheadMs = 0;
    const ahead = { now: () => clock.now() + aheadMs, after: clock.after.bind(clock) };
    const caller = new TestCaller(createBudget({ clock: ahead }));
    await caller.call({ ...LIGHT, limit: 1, remaining: 0 });
    const first = caller.ask({ maxWaitMs: 60_000 });
    await settle();
    // A timer is late at times.
    aheadMs = 60_000;
    const second = caller.ask({ maxWaitMs: 120_000 });
    await settle();
    expect([first.outcome, second.outcome]).toEqual(['waiting', 'waiting']);
    await clock.advance(60_000);
    expect([first.outcome, second.outcome]).toEqual(['granted', 'waiting']);
  });

  it('gives everything back when aborted while waiting', async () => {
    const { clock, caller } = await empty();
    const controller = new AbortController();
    const gone = caller.ask({ maxWaitMs: 60_000, signal: controller.signal });
    const next = caller.ask({ maxWaitMs: 60_000 });
    await settle();
    controller.abort();
    await settle();
    expect(gone.outcome).toBe('aborted');
    await clock.advance(28_500);
    expect(next.outcome).toBe('granted');
  });

  it('is not even heard when aborted before', async () => {
    const { caller } = build();
    expect((await caller.askMany(1, { signal: AbortSignal.abort() }))[0]?.outcome).toBe('aborted');
    expect(count(await caller.askMany(5), 'granted')).toBe(5);
  });

  it('gives its place back when aborted just as its turn came', async () => {
    const { caller } = build();
    const [holder] = await caller.sendMany(5);
    const controller = new AbortController();
    const gone = caller.ask({ signal: controller.signal });
    await settle();
    holder?.lost();
    controller.abort();
    await settle();
    expect(gone.outcome).toBe('aborted');
    expect(count(await caller.askMany(5), 'granted')).toBe(1);
  });

  it('is refused as soon as it is certain that its turn comes too late', async () => {
    const { clock, caller } = build();
    await caller.call({ ...LIGHT, limit: 2, remaining: 1 });
    await clock.advance(10_000);
    const [other] = await caller.sendMany(1);
    const waiting = await caller.askMany(2, { maxWaitMs: 60_000 });
    expect(count(waiting, 'waiting')).toBe(2);
    await clock.advance(1000);
    other?.answered(200, {});
    await settle();
    expect(waiting.map(({ outcome }) => outcome)).toEqual(['waiting', 'refused']);
  });
});

describe('the group of an operation', () => {
  it('is what answers to the caller have named, whatever others are told', async () => {
    const { budget, caller } = build();
    await caller.call({ ...LIGHT, remaining: 0 });
    await new TestCaller(budget, 'other').call({ group: 'heavy', limit: 10, remaining: 9 });
    expect(await caller.countAllowed()).toBe(0);
  });

  it('is corrected by the header for all new callers, and its sends count there', async () => {
    const { budget, caller } = build();
    await caller.call({ group: 'heavy', limit: 3, remaining: 2, windowSeconds: 60 });
    expect(await caller.countAllowed()).toBe(2);
    expect(await caller.using('other', 'light').countAllowed(5)).toBe(5);
    const other = new TestCaller(budget, 'other');
    expect((await other.send()).group).toBe('heavy');
  });

  it('takes those with it that are under way or wait', async () => {
    const { caller } = build();
    const all = await caller.askMany(20);
    for (const { reservation } of all) reservation?.sent();
    all[0]?.reservation?.answered(200, { group: 'heavy', limit: 7, remaining: 6, windowSeconds: 60 });
    await settle();
    expect(count(all, 'granted')).toBe(7);
    expect(count(all, 'refused')).toBe(13);
    expect(all[1]?.reservation?.group).toBe('heavy');
    // The guessed group is as it was.
    expect(await caller.using('other', 'light').countAllowed(5)).toBe(5);
  });

  it('lets those abort that moved while they waited', async () => {
    const { clock, caller } = build();
    const heavy = { group: 'heavy', limit: 5, windowSeconds: 60 };
    const under = await caller.sendMany(5);
    const controller = new AbortController();
    const gone = caller.ask({ maxWaitMs: 90_000, signal: controller.signal });
    const next = caller.ask({ maxWaitMs: 90_000 });
    await settle();
    under[0]?.answered(200, { ...heavy, remaining: 4 });
    controller.abort();
    await clock.advance(60_000);
    expect([gone.outcome, next.outcome]).toEqual(['aborted', 'granted']);
  });

  it('may be of any name and case', async () => {
    const { caller } = build();
    await caller.call({ group: 'call control', limit: 2, remaining: 1, windowSeconds: 60 });
    expect(await caller.using('third', 'Call Control').countAllowed()).toBe(1);
  });

  it('cannot be named so often that a caller grows without bound', async () => {
    const { budget, caller } = build();
    for (let index = 0; index < 200; index += 1) {
      await caller.call({ group: `group-${String(index)}`, limit: 50, remaining: 49 });
    }
    expect(budget.snapshot('caller').length).toBeLessThanOrEqual(16);
  });
});

describe('what may be told of a budget', () => {
  it('are the groups that answers have named, with what is left now', async () => {
    const { clock, budget, caller } = build();
    expect(budget.snapshot('caller')).toEqual([]);
    const first = await caller.send();
    expect(budget.snapshot('caller')).toEqual([]);
    first.answered(200, { ...LIGHT, remaining: 40 });
    await caller.sendMany(2);
    const told = { group: 'light', limit: 50, remaining: 38, windowSeconds: 60 };
    expect(budget.snapshot('caller')).toEqual([{ ...told, resetAt: clock.now() + 60_000 }]);
    expect(budget.snapshot('other')).toEqual([]);
  });

  it('is the whole limit when nothing counts any more', async () => {
    const { clock, budget, caller } = build();
    await caller.call({ ...LIGHT, remaining: 0 });
    await clock.advance(60_000);
    const told = { group: 'light', limit: 50, remaining: 50, windowSeconds: 60 };
    expect(budget.snapshot('caller')).toEqual([told]);
  });
});

describe('callers beyond the bound', () => {
  it('are forgotten, the one idle longest first', async () => {
    const budget = createBudget({ clock: new ManualClock(), maxCallers: 2 });
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new TestCaller(budget, name));
    await a?.call({ ...LIGHT, remaining: 0 });
    await b?.call({ ...LIGHT, remaining: 0 });
    expect(await a?.countAllowed()).toBe(0);
    await c?.call({ ...LIGHT, remaining: 0 });
    expect(await a?.countAllowed()).toBe(0);
    expect(count((await b?.askMany(6)) ?? [], 'granted')).toBe(5);
  });

  it('are served all the same while they wait', async () => {
    const clock = new ManualClock();
    const budget = createBudget({ clock, maxCallers: 1 });
    const caller = new TestCaller(budget);
    await caller.call({ ...LIGHT, limit: 1, remaining: 0 });
    const waiting = caller.ask({ maxWaitMs: 60_000 });
    await settle();
    await new TestCaller(budget, 'other').call({});
    await clock.advance(60_000);
    expect(waiting.outcome).toBe('granted');
  });
});

describe('a caller who is to be forgotten', () => {
  it('is remembered for as long as what it sent counts, however long the window', async () => {
    const { clock, budget, caller } = build();
    await caller.call({ group: 'light', limit: 50, remaining: 0, windowSeconds: 300 });
    await clock.advance(100_000);
    budget.forget('caller');
    expect(await caller.countAllowed()).toBe(0);
    await clock.advance(200_000);
    budget.forget('caller');
    expect(budget.snapshot('caller')).toEqual([]);
  });

  it('is forgotten in the end, when others are', async () => {
    const { clock, budget, caller } = build();
    await caller.call({ ...LIGHT, remaining: 10 });
    budget.forget('caller');
    expect(budget.snapshot('caller')).toHaveLength(1);
    await clock.advance(60_000);
    budget.forget('somebody else');
    expect(budget.snapshot('caller')).toEqual([]);
  });
});
