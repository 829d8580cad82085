/**
 * What one attacker costs the others: honest requests alone and beside 16 at once of the dearest operation that the
 * default limits accept, in pairs: npm run attacker [pairs] [seconds]. Then the longest block of the event loop by one
 * accepted request. Reads are cached, so that nothing but the gateway is measured.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { startEmulator } from '../src/emulator/emulator.js';
import { startProcess } from '../test/support/process.js';

const [pairs = 5, seconds = 6] = process.argv.slice(2).map(Number);
const ATTACKERS = 16;
const HONEST_EVERY_MS = 20;
/** More than one, so that what is shared within a caller does not decide. */
const HONEST_CALLERS = 50;
const MOST_TIMES = { p50: 3, p99: 10 };
const MOST_BLOCK_MS = 100;

const EXTENSION =
  'extension { id resourceId accountId extensionNumber name type status contact { firstName lastName name company jobTitle email businessPhone mobilePhone department pronouncedName { type text } businessAddress { street city state zip country } } }';
const FIELDS =
  'id resourceId phoneNumber label location primary callerIdName type usageType paymentType status country { id name }';
/** Each just below MAX_COST, or at another limit. */
const DEAR: Readonly<Record<string, string>> = {
  'a list of 1,000 with all its fields': `{ extension { phoneNumbers(first: 1000) { nodes { ${FIELDS} ${EXTENSION} } edges { cursor features node { ${FIELDS} ${EXTENSION} } } } } }`,
  'lists of 1,000': `{ extension { ${times(7, (at) => `a${at}: phoneNumbers(first: 1000) { nodes { ${FIELDS} } }`)} } }`,
  'lists within a list': `{ extension { phoneNumbers(first: 85) { nodes { extension { phoneNumbers(first: 85) { nodes { ${FIELDS} } } } } } } }`,
  '300 look-ups': `{ ${times(300, (at) => `a${at}: phoneNumber(resourceId: "${at}") { id label type status location }`)} }`,
  '1,000 ids': `{ phoneNumbers(resourceIds: [${times(1000, (at) => `"${at}"`)}]) { ${FIELDS} ${EXTENSION} } }`,
  'a document to compare': `{ ${times(150, () => `extension { name type }`)} }`,
  'a document of 7,000 tokens': `{ ${times(388, (at) => `a${at}: phoneNumber(resourceId: "1") { id type status label location primary paymentType usageType }`)} }`,
  introspection:
    '{ __schema { types { name description fields(includeDeprecated: true) { name description type { kind name ofType { kind name ofType { kind name } } } args { name type { kind name } } } enumValues { name description } } } }',
};
const HONEST = '{ extension { name blockedNumbers(first: 10) { nodes { id label } } } }';

function times(count: number, write: (index: string) => string): string {
  return Array.from({ length: count }, (_, index) => write(String(index))).join(' ');
}

const emulator = await startEmulator({
  limits: 'off',
  seed: { phoneNumbers: 1000 },
  syntheticTokens: (token) => (/^made-\d+$/.test(token) ? { marker: token } : undefined),
});
const gateway = await startProcess({ RINGCENTRAL_SERVER_URL: emulator.url, CACHE_TTL_MS: '3600000' });
const { url } = gateway;
if (url === undefined) throw new Error(`The gateway did not start:\n${gateway.output()}`);

/** Milliseconds until the whole answer was there. */
async function ask(query: string, token: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(`${url ?? ''}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  await response.arrayBuffer();
  return performance.now() - began;
}

let sentAttacks = 0;
/** Each is a text of its own, which nothing parsed or validated before. */
const attack = (query: string) => ask(`${query} #${String((sentAttacks += 1))}`, emulator.demoToken);

/** The p50 and p99 of requests that leave at fixed times, whether or not those before were answered. */
async function measureHonest() {
  const asked: Promise<number>[] = [];
  const began = performance.now();
  for (let at = 0; at * HONEST_EVERY_MS < seconds * 1000; at += 1) {
    await pause(Math.max(0, began + at * HONEST_EVERY_MS - performance.now()));
    asked.push(ask(HONEST, `made-${String(at % HONEST_CALLERS)}`));
  }
  const sorted = (await Promise.all(asked)).sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
  return { p50: quantile(0.5), p99: quantile(0.99) };
}

/** By prom-client's monitor of the event loop, which begins anew with each look and is exact to 10 ms. */
async function longestBlockMs(): Promise<number> {
  const metrics = await (await fetch(`${url ?? ''}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(metrics)?.[1]) * 1000;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const show = (value: number) => value.toFixed(1);

for (let at = 0; at < HONEST_CALLERS; at += 1) await ask(HONEST, `made-${String(at)}`);
let dearest = '';
let most = 0;
let block = 0;
for (const [name, query] of Object.entries(DEAR)) {
  for (let warm = 0; warm < 15; warm += 1) await attack(query);
  await longestBlockMs();
  const took: number[] = [];
  for (let sent = 0; sent < 10; sent += 1) took.push(await attack(query));
  const blocked = await longestBlockMs();
  console.log(`${name}: ${show(median(took))} ms, the event loop blocked for at most ${show(blocked)} ms`);
  if (median(took) > most) [dearest, most] = [name, median(took)];
  block = Math.max(block, blocked);
}

const ratios: { p50: number; p99: number }[] = [];
for (let pair = 0; pair < pairs; pair += 1) {
  const alone = await measureHonest();
  // As long as honest requests are sent; then what waits is let through.
  const over = AbortSignal.timeout(seconds * 1000);
  let attacks = 0;
  const attackers = Array.from({ length: ATTACKERS }, async () => {
    while (!over.aborted) {
      await attack(DEAR[dearest] ?? '');
      attacks += 1;
    }
  });
  const beside = await measureHonest();
  await Promise.all(attackers);
  ratios.push({ p50: beside.p50 / alone.p50, p99: beside.p99 / alone.p99 });
  console.log(
    `alone p50 ${show(alone.p50)} ms, p99 ${show(alone.p99)} ms; beside ${String(attacks)} times "${dearest}" ` +
      `p50 ${show(beside.p50)} ms, p99 ${show(beside.p99)} ms`,
  );
}
gateway.child.kill('SIGTERM');
await gateway.exited;
await emulator.stop();

const p50 = median(ratios.map((ratio) => ratio.p50));
const p99 = median(ratios.map((ratio) => ratio.p99));
console.log(
  `median of ${String(pairs)} pairs: p50 ${show(p50)} times (at most ${String(MOST_TIMES.p50)}), ` +
    `p99 ${show(p99)} times (at most ${String(MOST_TIMES.p99)}); ` +
    `longest block ${show(block)} ms (at most ${String(MOST_BLOCK_MS)})`,
);
process.exitCode = p50 > MOST_TIMES.p50 || p99 > MOST_TIMES.p99 || block > MOST_BLOCK_MS ? 1 : 0;
