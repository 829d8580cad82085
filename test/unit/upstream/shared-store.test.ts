import { expect, it } from 'vitest';
import { createSharedStore } from '../../../src/upstream/shared-store.js';
import { ManualClock } from '../../support/manual-clock.js';

it('tells once of commands that fail together, and tries again after a second', async () => {
  const clock = new ManualClock();
  const failures: unknown[] = [];
  const store = createSharedStore(clock, (error) => failures.push(error));
  const lost = () => Promise.reject<string>(new Error('lost'));
  expect(await Promise.all([store.run(lost), store.run(lost)])).toEqual([undefined, undefined]);
  expect(failures).toHaveLength(1);
  expect(await store.run(() => Promise.resolve('not tried'))).toBeUndefined();
  await clock.advance(1000);
  expect(await store.run(() => Promise.resolve('tried'))).toBe('tried');
  expect(await store.run(lost)).toBeUndefined();
  expect(failures).toHaveLength(2);
});

it('tries all the same what the other replicas must know, and is asked again as soon as Redis answers', async () => {
  const clock = new ManualClock();
  const store = createSharedStore(clock, () => undefined);
  expect([store.available, store.asking]).toEqual([true, true]);
  await store.run(() => Promise.reject(new Error('lost')));
  expect([store.available, store.asking]).toEqual([false, false]);
  await clock.advance(1000);
  // Nobody knows yet that it answers again.
  expect([store.available, store.asking]).toEqual([false, true]);
  await store.run(() => Promise.reject(new Error('lost')));
  expect(await store.insist(() => Promise.resolve('told'))).toBe('told');
  expect([store.available, store.asking]).toEqual([true, true]);
});
