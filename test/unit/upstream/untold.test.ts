import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { beforeEach, expect, it } from 'vitest';
import { Untold } from '../../../src/upstream/untold.js';
import { ManualClock, settle } from '../../support/manual-clock.js';

let clock: ManualClock;
let redis: EventEmitter;
let answers: boolean;
let told: string[];
let untold: Untold;
beforeEach(() => {
  clock = new ManualClock();
  redis = new EventEmitter();
  [answers, told] = [false, []];
  untold = new Untold({
    clock,
    redis: redis as Redis,
    tell: (item) => {
      told.push(item);
      return Promise.resolve(answers);
    },
  });
});

it('is told again until it is known, one at a time while nobody answers', async () => {
  untold.add('a');
  untold.add('b');
  await clock.advance(500);
  expect(told).toHaveLength(2);
  expect([untold.has('a'), untold.has('b')]).toEqual([true, true]);
  answers = true;
  told = [];
  await clock.advance(250);
  expect(told.sort()).toEqual(['a', 'b']);
  expect(untold.size).toBe(0);
  await clock.advance(10_000);
  expect(told).toHaveLength(2);
});

it('is told at once when the connection is back', async () => {
  untold.add('a');
  answers = true;
  redis.emit('ready');
  await settle();
  expect(told).toEqual(['a']);
});

it('is told no more once it is closed', async () => {
  untold.add('a');
  untold.close();
  redis.emit('ready');
  await clock.advance(10_000);
  expect(told).toEqual([]);
});
