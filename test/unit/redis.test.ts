import { expect, it } from 'vitest';
import { connectRedis } from '../../src/redis.js';

it('tells once that Redis is gone, however often it tries to connect', async () => {
  const states: string[] = [];
  // Nobody listens there.
  const redis = connectRedis('redis://127.0.0.1:1', (state) => states.push(state));
  for (let attempts = 0; attempts < 3; attempts += 1) {
    await new Promise<void>((resolve) => redis.once('close', resolve));
  }
  expect(states).toEqual(['lost']);
  redis.disconnect();
});
