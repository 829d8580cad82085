import { afterAll, beforeAll, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { askAsMany, manyCallers } from '../support/many-callers.js';

let gateway: TestGateway;

beforeAll(async () => {
  const env = {
    BATCH_WINDOW_MS: '5',
    CACHE_TTL_MS: '1000',
    INBOUND_RATE_PER_MINUTE: '0',
    LOG_LEVEL: 'silent',
  };
  gateway = await startGateway(env, { emulator: manyCallers });
});
afterAll(() => gateway.stop());

// `npm run many-callers` asks 20,000 times as 2,000 callers.
it('no caller ever sees a record of another, with cache, window and single flight on', async () => {
  const load = { url: gateway.url, callers: 200, requests: 2000, concurrency: 200 };
  expect(await askAsMany(load)).toEqual({ answered: 2000, foreign: 0, failed: 0 });
});
