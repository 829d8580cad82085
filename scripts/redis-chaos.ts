/**
 * Two replicas under load while their Redis hangs, is killed, and comes back: no request may fail for it.
 *
 *     npm run redis-chaos
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmulator } from '../src/emulator/emulator.js';
import { startGateway } from '../test/support/gateway.js';
import { askAsMany, manyCallers, type Tally } from '../test/support/many-callers.js';
import { startRedisServer } from '../test/support/redis-server.js';

let redis = await startRedisServer();
const emulator = await startEmulator({ ...manyCallers, limits: 'off' });
const env = {
  RINGCENTRAL_SERVER_URL: emulator.url,
  REDIS_URL: redis.url,
  CALLER_KEY: 'the same on both replicas',
  CACHE_TTL_MS: '500',
  BATCH_WINDOW_MS: '5',
  INBOUND_RATE_PER_MINUTE: '0',
};
const replicas = [await startGateway(env), await startGateway(env)];

const total: Tally = { answered: 0, foreign: 0, failed: 0 };
let running = true;
async function load(url: string): Promise<void> {
  while (running) {
    const tally = await askAsMany({ url, callers: 500, requests: 500, concurrency: 25 });
    for (const key of ['answered', 'foreign', 'failed'] as const) total[key] += tally[key];
  }
}

/** How long until every replica's /readyz says so. */
async function untilAll(state: string): Promise<number> {
  const began = performance.now();
  for (const { url } of replicas) {
    for (;;) {
      const health = (await (await fetch(`${url}/readyz`)).json()) as { redis?: string };
      if (health.redis === state) break;
      await sleep(5);
    }
  }
  return Math.round(performance.now() - began);
}

await untilAll('connected');
const loads = replicas.map(({ url }) => load(url));
await sleep(3000);
redis.pause();
await sleep(4000);
redis.resume();
await sleep(3000);
const { port } = redis;
await redis.stop();
const noticed = await untilAll('lost');
await sleep(3000);
redis = await startRedisServer(port);
const back = await untilAll('connected');
await sleep(3000);
running = false;
await Promise.all(loads);
console.log(
  `${String(total.answered)} requests, ${String(total.failed)} failed, ${String(total.foreign)} with foreign records; ` +
    `killed: noticed after ${String(noticed)} ms; started again: in use after ${String(back)} ms`,
);
for (const replica of replicas) await replica.stop();
await emulator.stop();
await redis.stop();
process.exitCode = total.failed + total.foreign > 0 ? 1 : 0;
