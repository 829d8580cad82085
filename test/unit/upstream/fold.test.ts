import { beforeEach, describe, expect, it } from 'vitest';
import { Fold, type LookUp } from '../../../src/upstream/fold.js';
import type { Reservation } from '../../../src/upstream/rate-limit.js';
import { UpstreamRequest } from '../../../src/upstream/request.js';
import { SharedRead } from '../../../src/upstream/shared-read.js';
import { ManualClock, settle } from '../../support/manual-clock.js';

/** A place that was asked for, which a test grants or refuses. */
interface Asked {
  readonly since: number;
  grant(): void;
  refuse(): void;
}

let clock: ManualClock;
let asked: Asked[];
let sent: string[][];
let refused: string[];
let released: number;
let idle: number;
let maxIds: number;
beforeEach(() => {
  clock = new ManualClock(0);
  asked = [];
  [sent, refused, released, idle, maxIds] = [[], [], 0, 0, 3];
});

const place = { release: () => (released += 1) } as unknown as Reservation;
const build = (windowMs = 5) =>
  new Fold({
    clock,
    windowMs,
    maxIds: () => maxIds,
    reserve: (since) =>
      new Promise((resolve, reject) => {
        asked.push({
          since,
          grant: () => {
            resolve(place);
          },
          refuse: () => {
            reject(new Error('no budget'));
          },
        });
      }),
    reject: (lookUps) => refused.push(...lookUps.map(({ id }) => id)),
    send: (chunk) => sent.push(chunk.map(({ id }) => id)),
    onIdle: () => (idle += 1),
  });

const opener = new UpstreamRequest({
  caller: {} as never,
  credential: {} as never,
  id: 'request',
  signal: new AbortController().signal,
});
const lookUp = (id: string): LookUp => ({
  id,
  key: id,
  read: new SharedRead({ opener, byId: true, onUnwanted: () => undefined }),
  since: clock.now(),
  view: { entries: [], store: () => undefined },
});
const lookUps = (...ids: string[]) => ids.map(lookUp);

describe('a place that is refused', () => {
  it('refuses one chunk, and what the others can carry still goes', async () => {
    build(0).add(lookUps('a', 'b', 'c', 'd', 'e'));
    expect(asked).toHaveLength(2);
    asked[1]?.refuse();
    await settle();
    expect(refused).toEqual(['d', 'e']);
    asked[0]?.grant();
    await settle();
    expect(sent).toEqual([['a', 'b', 'c']]);
    expect(idle).toBe(1);
  });

  it('refuses nothing where the others can carry all', async () => {
    const fold = build(0);
    const [last, ...others] = lookUps('a', 'b', 'c', 'd') as [LookUp, ...LookUp[]];
    fold.add([...others, last]);
    fold.remove(last.read);
    asked[1]?.refuse();
    await settle();
    expect(refused).toEqual([]);
    asked[0]?.grant();
    await settle();
    expect(sent).toEqual([['b', 'c', 'd']]);
  });

  it('refuses no look-up that joined later: it has a place of its own asked for, with its own time', async () => {
    const fold = build(0);
    fold.add(lookUps('early'));
    await clock.advance(1000);
    fold.add(lookUps('late'));
    expect(asked).toHaveLength(1);
    asked[0]?.refuse();
    await settle();
    expect(refused).toEqual(['early']);
    expect(asked.map(({ since }) => since)).toEqual([0, 1000]);
    asked[1]?.grant();
    await settle();
    expect(sent).toEqual([['late']]);
  });

  it('leaves to the window what has not waited for it yet', async () => {
    const fold = build();
    fold.add(lookUps('a', 'b', 'c', 'd'));
    asked[0]?.refuse();
    await settle();
    expect(refused).toEqual(['b', 'c', 'd']);
    await clock.advance(5);
    asked[1]?.grant();
    await settle();
    expect(sent).toEqual([['a']]);
  });
});

it('asks for a place for the rest when upstream has told a lower limit meanwhile', async () => {
  build(0).add(lookUps('a', 'b', 'c'));
  maxIds = 2;
  asked[0]?.grant();
  await settle();
  asked[1]?.grant();
  await settle();
  expect(sent).toEqual([['a', 'b'], ['c']]);
});

describe('a fold is told to be idle', () => {
  it('when its last chunk is refused, or is sent', async () => {
    const fold = build(0);
    fold.add(lookUps('a'));
    asked[0]?.refuse();
    await settle();
    expect(idle).toBe(1);
    fold.add(lookUps('b'));
    asked[1]?.grant();
    await settle();
    expect(idle).toBe(2);
  });

  it('when nobody wants the look-ups of its window any more', async () => {
    const fold = build();
    const [only] = lookUps('a') as [LookUp];
    fold.add([only]);
    fold.remove(only.read);
    expect(idle).toBe(0);
    await clock.advance(5);
    expect(idle).toBe(1);
  });

  it('when a place comes for which there is nothing left, and gives that back', async () => {
    const fold = build(0);
    const [only] = lookUps('a') as [LookUp];
    fold.add([only]);
    fold.remove(only.read);
    asked[0]?.grant();
    await settle();
    expect([released, idle]).toEqual([1, 1]);
  });
});
