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
