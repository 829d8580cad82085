import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairTurns, type RequestTurns } from '../../../src/server/fair-turns.js';

const range = (size: number) => Array.from({ length: size }, (_, index) => index);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** The entries of a list, as graphql-js waits for them. */
const complete = async (turns: RequestTurns, entries: readonly unknown[], onEntry?: (at: number) => void) =>
  Promise.all((await turns.spread(entries)).map(async (entry, at) => [await entry, onEntry?.(at)][0]));

/** In which turn of the event loop each entry was there. */
async function timesOf(turns: RequestTurns, entries: readonly unknown[]): Promise<number[]> {
  const times: number[] = [];
  let now = 0;
  const completed = complete(turns, entries, (at) => (times[at] = now));
  for (; Object.keys(times).length < entries.length; now += 1) await turn();
  await completed;
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
        const given = asked.map(([caller, entries]) => complete(turns.for(caller), entries));
        expect(await Promise.all(given)).toEqual(asked.map(([, entries]) => entries));
      }),
      { numRuns: 50 },
    );
  });

  it('give a short list at once, as it is', () => {
    const entries = range(100);
    expect(new FairTurns().for('a').spread(entries)).toBe(entries);
  });

  it('do a little of a long list in each', async () => {
    const times = await timesOf(new FairTurns().for('a'), range(1000));
    const most = Math.max(...times.map((time) => times.filter((other) => other === time).length));
    expect(most).toBe(20);
    expect(Math.max(...times)).toBeGreaterThan(45);
  });

  it('give a long list whole, after as many of them, to who completes it in one piece', async () => {
    const turns = new FairTurns().for('a');
    const entries = range(1000);
    let there: unknown;
    const given = Promise.resolve(turns.spread(entries, { whole: true })).then((list) => (there = list));
    for (let now = 0; now < 45; now += 1) await turn();
    expect(there).toBeUndefined();
    expect(await given).toBe(entries);
  });

  it('come to each caller in turn, however much another has waiting', async () => {
    const turns = new FairTurns();
    const dear = range(16).map(() => complete(turns.for('attacker'), range(1000)));
    const honest = await timesOf(turns.for('honest'), range(10));
    expect(Math.max(...honest)).toBeLessThanOrEqual(3);
    await Promise.all(dear);
  });

  it('complete nothing for a client that has gone meanwhile', async () => {
    let gone = false;
    const turns = new FairTurns().for('a', () => gone);
    const long = complete(turns, range(1000));
    const short = complete(turns, range(100));
    await turn();
    gone = true;
    const entries = await long;
    expect(entries.slice(0, 20)).toEqual(range(20));
    expect(entries.slice(20)).toEqual(range(980).map(() => null));
    expect(await short).toEqual([]);
  });

  it('leave a list of promises alone, so that no failure is without its handler', async () => {
    const failing = range(1000).map((at) => Promise.reject(new Error(String(at))));
    expect(new FairTurns().for('a').spread(failing)).toBe(failing);
    await Promise.allSettled(failing);
  });

  it('end before what a request asks for after its lists, and after all of its entries', async () => {
    const turns = new FairTurns().for('a');
    const order: string[] = [];
    const completed = complete(turns, range(1000), () => {
      turns.afterLists(() => order.push('asked'));
      order.push('entry');
    });
    await completed;
    await turn();
    expect(order).toEqual([...range(1000).map(() => 'entry'), ...range(1000).map(() => 'asked')]);
  });
});
