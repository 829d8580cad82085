/**
 * Which BATCH_WINDOW_MS folds a page? Eight requests of one caller (six with five overlapping look-ups each, ten ids in
 * all; two identical lists) arrive within 3 ms of each other on open connections; and what does a lone look-up pay?
 *
 *     npx tsx bench/window.ts [--pages 100] [--windows 1,2,3,5,8]
 *
 * The gateway runs in a process of its own from dist/; the emulator in this one. Pairs: each window against 0 in turn.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startEmulator } from '../src/emulator/emulator.js';

const { values } = parseArgs({
  options: { pages: { type: 'string', default: '100' }, windows: { type: 'string', default: '1,2,3,5,8' } },
});
const PAGES = Number(values.pages);
const SPREAD_MS = 3;

const unlimited = { limit: 1_000_000, windowSeconds: 60, penaltySeconds: 60 };
const emulator = await startEmulator({ limits: { light: unlimited } });
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

const idOf = (index: number) => Buffer.from(String(16_505_550_100 + index)).toString('base64url');
const lookUps = (from: number) =>
  `{ extension { ${[0, 1, 2, 3, 4].map((i) => `a${String(i)}: blockedNumber(resourceId: "${idOf(from + i)}") { label }`).join(' ')} } }`;
const LIST = '{ extension { phoneNumbers(perPage: 100) { nodes { id label } } } }';
const PAGE = [0, 1, 2, 3, 4, 5].map(lookUps).concat([LIST, LIST]);

async function startGateway(windowMs: number): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['dist/main.js'], {
    env: {
      ...process.env,
      PORT: '0',
      BATCH_WINDOW_MS: String(windowMs),
      RINGCENTRAL_SERVER_URL: emulator.url,
      INBOUND_RATE_PER_MINUTE: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, url: (JSON.parse(String(line).split('\n')[0] ?? '') as { url: string }).url };
}

function ask(url: string, query: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/graphql`,
      {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${emulator.demoToken}` },
      },
      (response) => {
        response.resume().once('end', resolve);
      },
    );
    sent.once('error', reject);
    sent.end(JSON.stringify({ query }));
  });
}

async function loadPage(url: string): Promise<number> {
  emulator.clearJournal();
  await Promise.all(
    PAGE.map(async (query, index) => {
      const until = performance.now() + (SPREAD_MS * index) / (PAGE.length - 1);
      while (performance.now() < until) await new Promise(setImmediate);
      await ask(url, query);
    }),
  );
  return emulator.journal.length;
}

async function loneLookUps(url: string, count: number): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const began = performance.now();
    await ask(url, `{ extension { blockedNumber(resourceId: "${idOf(index % 10)}") { label } } }`);
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[Math.floor(count / 2)] ?? NaN;
}

console.log(
  '| window ms | pages of 2 calls | most calls | lone look-up p50 ms | added to window 0 |\n|-|-|-|-|-|',
);
for (const windowMs of values.windows.split(',').map(Number)) {
  const gateways = [await startGateway(0), await startGateway(windowMs)] as const;
  for (const { url } of gateways) for (let i = 0; i < 30; i += 1) await loadPage(url);
  const calls: number[] = [];
  for (let page = 0; page < PAGES; page += 1) {
    calls.push(await loadPage(gateways[1].url));
    await sleep(15);
  }
  const alone = [await loneLookUps(gateways[0].url, 200), await loneLookUps(gateways[1].url, 200)] as const;
  const two = calls.filter((count) => count <= 2).length;
  console.log(
    `| ${String(windowMs)} | ${String(two)} of ${String(PAGES)} | ${String(Math.max(...calls))} | ${alone[1].toFixed(1)} | ${(alone[1] - alone[0]).toFixed(1)} |`,
  );
  for (const { child } of gateways) {
    child.kill();
    await once(child, 'exit');
  }
}
agent.destroy();
await emulator.stop();
