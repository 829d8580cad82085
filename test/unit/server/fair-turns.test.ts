import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairTurns } from '../../../src/server/fair-turns.js';

const range = (size: number) => Array.from({ length: size }, (_, index) => index);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** In which turn of the event loop each entry was there. */
async function timesOf(entries: readonly unknown[]): Promise<number[]> {
  const times: number[] = [];
  let now = 0;
  const noted = entries.map(async (entry, at) => {
    await entry;
    times[at] = now;
  });
  for (; Object.keys(times).length < entries.length; now += 1) await turn();
  await Promise.all(noted);
  return times;
}

describe('turns', () => {
  it('give every entry of every list, each in its place', async () => {
    const lists = fc.array(
      fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.array(fc.integer(), { maxLength: 400 })),
      { maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(lists, async (asked) => {
        const turns = new FairTurns();
        const given = asked.map(([caller, entries]) => turns.spread(caller, entries));
        expect(await Promise.all(given.map((entries) => Promise.all(entries)))).toEqual(
          asked.map(([, entries]) => entries),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('give a short list at once, as it is', () => {
    const entries = range(100);
    expect(new FairTurns().spread('a', entries)).toBe(entries);
  });

  it('do a little of a long list in each', async () => {
    const turns = new FairTurns();
    const times = await timesOf(turns.spread('a', range(1000)));
    const atOnce = times.filter((time) => time === 0).length;
    const most = Math.max(...times.map((time) => times.filter((other) => other === time && time > 0).length));
    expect(atOnce).toBeLessThanOrEqual(270);
    expect(most).toBe(20);
    expect(Math.max(...times)).toBeGreaterThan(35);
  });

  it('come to each caller in turn, however much another has waiting', async () => {
    const turns = new FairTurns();
    const dear = range(16).map(() => turns.spread('attacker', range(1000)));
    const honest = await timesOf(turns.spread('honest', range(10)));
    expect(Math.max(...honest)).toBeLessThanOrEqual(3);
    await Promise.all(dear.flat());
  });

  it('never keep a failure from who handles it', async () => {
    const turns = new FairTurns();
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const failing = range(1000).map((at) => Promise.reject(new Error(String(at))));
    const outcomes = await Promise.allSettled(turns.spread('a', failing));
    await turn();
    process.off('unhandledRejection', note);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(unhandled).toEqual([]);
  });
});
