/**
 * What callers leave behind: the heap after 100,000 callers beside that after 10,000, which is as many as are held.
 *
 *     npm run heap
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BLOCKED_NUMBERS } from '../src/domains/blocked-number/endpoint.js';
import { systemClock } from '../src/lib/clock.js';
import { createGateway } from '../src/upstream/gateway.js';
import { createBudget } from '../src/upstream/rate-limit.js';

const MAX_CALLERS = 10_000;
const OWNER = { accountId: '1', extensionId: '2' };
const HEADERS = {
  'content-type': 'application/json',
  'x-rate-limit-group': 'light',
  'x-rate-limit-limit': '50',
  'x-rate-limit-remaining': '49',
  'x-rate-limit-window': '60',
};

const upstream = createServer((_request, response) => {
  response.writeHead(200, HEADERS).end('{"id":"x","label":"Somebody","phoneNumber":"+16505550100"}');
});
await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done));
const budget = createBudget({ clock: systemClock, maxCallers: MAX_CALLERS });
const gateway = createGateway({
  serverUrl: `http://127.0.0.1:${String((upstream.address() as AddressInfo).port)}`,
  userAgent: 'heap',
  timeoutMs: 10_000,
  maxConcurrency: 64,
  batchMaxIds: 30,
  batchWindowMs: 1,
  cacheTtlMs: 1000,
  rateLimitMaxWaitMs: 0,
  maxCallers: MAX_CALLERS,
  clock: systemClock,
  budget,
  random: Math.random,
  onCall: () => undefined,
  onCredential: () => undefined,
  shared: undefined,
});

let callers = 0;
async function askUntil(count: number): Promise<void> {
  const worker = async () => {
    while (callers < count) {
      const token = `caller-${String((callers += 1))}`;
      const { signal } = new AbortController();
      const request = gateway.open({
        credential: { caller: token, accessToken: () => token },
        id: token,
        signal,
      });
      const [record] = await request.lookUp(BLOCKED_NUMBERS.CALLER_BLOCKING, OWNER, ['x']);
      if (record instanceof Error) throw record;
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
}

async function heapMebibytes(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    await new Promise((done) => setTimeout(done, 100));
    globalThis.gc?.();
  }
  return process.memoryUsage().heapUsed / 2 ** 20;
}

if (globalThis.gc === undefined) throw new Error('run it with --expose-gc');
await askUntil(MAX_CALLERS);
const few = await heapMebibytes();
await askUntil(100_000);
const many = await heapMebibytes();
const ratio = many / few;
console.log(
  `after 10,000 callers ${few.toFixed(1)} MiB, after 100,000 ${many.toFixed(1)} MiB: ${ratio.toFixed(2)} ×`,
);
process.exitCode = ratio <= 1.1 ? 0 : 1;
gateway.close();
budget.close();
upstream.closeAllConnections();
upstream.close();
