/** 20,000 requests of 2,000 callers at concurrency 200, with cache, window and single flight on: npm run many-callers */
import { startGateway } from '../test/support/gateway.js';
import { askAsMany, manyCallers } from '../test/support/many-callers.js';

const env = { BATCH_WINDOW_MS: '5', CACHE_TTL_MS: '1000', INBOUND_RATE_PER_MINUTE: '0' };
const gateway = await startGateway(env, { emulator: manyCallers });
const began = performance.now();
const tally = await askAsMany({ url: gateway.url, callers: 2000, requests: 20_000, concurrency: 200 });
const seconds = ((performance.now() - began) / 1000).toFixed(1);
console.log(
  `${String(tally.answered)} answers in ${seconds} s, ${String(gateway.emulator.journal.length)} upstream calls: ` +
    `${String(tally.foreign)} with foreign records, ${String(tally.failed)} failed`,
);
await gateway.stop();
process.exitCode = tally.foreign + tally.failed > 0 ? 1 : 0;
