import { expect, it } from 'vitest';
import { createCallers } from '../../../src/upstream/callers.js';
import { ManualClock } from '../../support/manual-clock.js';

function start({ max = 10, cacheTtlMs = 0 } = {}) {
  const clock = new ManualClock();
  const dropped: string[] = [];
  const ended: number[] = [];
  const callers = createCallers({
    clock,
    max,
    cacheTtlMs,
    onDrop: (key) => dropped.push(key),
    onEnd: ({ id }) => ended.push(id),
  });
  return { clock, callers, dropped, ended };
}

it('drops a caller who is idle for longer than a budget remembers, and with it all that was kept', async () => {
  const { clock, callers, dropped, ended } = start();
  const generation = callers.get('idle').generation('phoneNumber');
  callers.get('busy');
  await clock.advance(60_000);
  callers.get('busy');
  await clock.advance(31_000);
  callers.get('new');
  expect(dropped).toEqual(['idle']);
  expect(ended).toEqual([generation.id]);
  expect(generation.ended).toBe(true);
});

it('keeps a caller for as long again as its cache', async () => {
  const { clock, callers, dropped } = start({ cacheTtlMs: 60_000 });
  const caller = callers.get('a');
  await clock.advance(134_000);
  expect(callers.get('a')).toBe(caller);
  await clock.advance(136_000);
  callers.get('b');
  expect(dropped).toEqual(['a']);
});

it('drops whoever was idle longest where there are too many', () => {
  const { callers, dropped } = start({ max: 2 });
  for (const key of ['a', 'b', 'a', 'c']) callers.get(key);
  expect(dropped).toEqual(['b']);
});

it('drops one at once when told that it will not come back', () => {
  const { callers, dropped, ended } = start();
  const generation = callers.get('a').generation('phoneNumber');
  callers.drop('a');
  callers.drop('nobody');
  expect(dropped).toEqual(['a']);
  expect(ended).toEqual([generation.id]);
});
