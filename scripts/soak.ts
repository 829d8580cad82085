/**
 * A new token for every request, for minutes: the heap after garbage collection must not grow.
 *
 *     npm run soak -- --minutes 10
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startApp } from '../src/app.js';
import { parseConfig } from '../src/config.js';
import { createLogger } from '../src/observability/logger.js';
import { startEmulator } from '../src/emulator/emulator.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, rate: { type: 'string', default: '100' } },
});
const minutes = Number(values.minutes);
if (globalThis.gc === undefined) throw new Error('run it with --expose-gc');

const marker = (token: string) => ({ marker: token });
const emulator = await startEmulator({ limits: 'off', journalLimit: 100, syntheticTokens: marker });
const config = parseConfig({
  PORT: '0',
  RINGCENTRAL_SERVER_URL: emulator.url,
  INBOUND_RATE_PER_MINUTE: '0',
  CACHE_TTL_MS: '1000',
});
const app = await startApp(config, { log: createLogger('silent') });
const query = '{ extension { blockedNumber(resourceId: "MTY1MDU1NTAxMDA") { label } } }';

let asked = 0;
let failed = 0;
async function ask(): Promise<void> {
  const token = `soak-${String((asked += 1))}-`;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const answer = await fetch(`${app.url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query }),
  });
  if (!(await answer.text()).includes(token)) failed += 1;
}

const median = (list: number[]) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN;
const medians: number[] = [];
for (let minute = 1; minute <= minutes; minute += 1) {
  const heaps: number[] = [];
  for (let second = 0; second < 60; second += 1) {
    const until = performance.now() + 1000;
    await Promise.all(Array.from({ length: Number(values.rate) }, ask));
    await sleep(Math.max(0, until - performance.now()));
    if (second % 5 === 4) {
      globalThis.gc();
      heaps.push(process.memoryUsage().heapUsed / 2 ** 20);
    }
  }
  medians.push(median(heaps));
  console.log(
    `minute ${String(minute)}: ${(medians.at(-1) ?? 0).toFixed(1)} MiB, ${String(asked)} asked, ${String(failed)} failed`,
  );
}
const ratio = (medians.at(-1) ?? NaN) / (medians[1] ?? NaN);
console.log(`last minute beside minute 2: ${ratio.toFixed(3)} ×`);
process.exitCode = ratio <= 1.05 && failed === 0 ? 0 : 1;
await app.stop();
await emulator.stop();
