import { expect, it } from 'vitest';
import { createMemoryStore } from '../../../../src/server/session/memory-store.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { describeStore } from './store-contract.js';

describeStore('the store in memory', () => {
  const clock = new ManualClock();
  return Promise.resolve({ store: createMemoryStore({ clock }), pass: (ms) => clock.advance(ms) });
});

it('is bounded: past it the session that was not used for the longest time ends', async () => {
  const store = createMemoryStore({ clock: new ManualClock(), max: 3 });
  const lifetimes = { idleMs: 60_000, maxMs: 60_000 };
  for (const key of ['a', 'b', 'c']) await store.create(key, key, lifetimes);
  await store.get('a', 60_000);
  await store.create('d', 'd', lifetimes);
  expect(
    await Promise.all(['a', 'b', 'c', 'd'].map(async (key) => (await store.get(key)) !== undefined)),
  ).toEqual([true, false, true, true]);
});
