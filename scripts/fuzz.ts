/**
 * Sends generated requests to a gateway whose RingCentral fails in every way it can: npm run fuzz [requests] [seed].
 * Exits with 1 when the gateway ended, hung, grew past its bounds, answered without a code or had a fault of its own.
 */
import { readFileSync } from 'node:fs';
import { Agent, request as send } from 'node:http';
import { dropLastEntry, dropLastPart, duplicateEntry, shuffleEntries } from '../src/emulator/batch-faults.js';
import { startEmulator, type FaultOrder } from '../src/emulator/emulator.js';
import { loginRequired, proxyPage, rateExceeded, unavailable } from '../src/emulator/faults.js';
import { createRandom } from '../test/support/operation-generator.js';
import { startProcess } from '../test/support/process.js';
import { createFuzzer, type FuzzRequest } from './fuzz-requests.js';
import { loadSchema } from './schema.js';

const [count = 200_000, seed = Date.now() % 2 ** 32] = process.argv.slice(2).map(Number);
const CONCURRENCY = 50;
/** What is never answered is a fault too; the gateway's own deadline is far below. */
const HANG_MS = 30_000;
/** A leak in the heap ends the process, long before the bound on all that it holds. */
const HEAP_MIB = 256;
const MAX_RESIDENT_MIB = 512;
const FAULTS_EVERY = 40;
const NEW_WORLD_EVERY = 2000;

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const random = createRandom(seed);
const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
const emulator = await startEmulator({
  journalLimit: 1000,
  limits: 'off',
  syntheticTokens: (token) => (/^made-\d+$/.test(token) ? { marker: token } : undefined),
});
const tokens = [
  ...Object.values(emulator.tokens),
  ...Array.from({ length: 200 }, (_, at) => `made-${String(at)}`),
];
const gateway = await startProcess({
  RINGCENTRAL_SERVER_URL: emulator.url,
  INBOUND_RATE_PER_MINUTE: '0',
  UPSTREAM_TIMEOUT_MS: '300',
  REQUEST_TIMEOUT_MS: '5000',
  RINGCENTRAL_CLIENT_ID: emulator.client.id,
  RINGCENTRAL_CLIENT_SECRET: emulator.client.secret,
  PUBLIC_URL: 'http://127.0.0.1',
  SESSION_SECRET: 's'.repeat(32),
  NODE_OPTIONS: `--max-old-space-size=${String(HEAP_MIB)}`,
});
const { url, child } = gateway;
if (url === undefined) throw new Error(`The gateway did not start:\n${gateway.output()}`);
const next = createFuzzer(loadSchema(), random, tokens);
const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENCY });
const fresh = new Agent();

const FAULTS: readonly (() => FaultOrder)[] = [
  () => ({ answer: rateExceeded(1), times: 2 }),
  () => ({ answer: unavailable(), times: 3 }),
  () => ({ answer: loginRequired() }),
  () => ({ answer: proxyPage(pick([200, 404, 500, 502])) }),
  () => ({
    answer: { status: pick([200, 207]), json: pick<unknown>([null, [], {}, 'x', { records: [null, 1] }]) },
  }),
  () => ({ answer: { status: 302, headers: { location: 'http://127.0.0.1:1/' }, text: '' } }),
  () => ({ slowMs: pick([50, 400]), times: 3 }),
  () => ({ reset: pick(['before', 'afterApplying'] as const) }),
  () => ({ truncate: random() }),
  () => ({ batch: pick([dropLastEntry, dropLastPart, duplicateEntry, shuffleEntries]) }),
];

/** What is wrong, by its first line; each with how often, and the first request that showed it. */
const violations = new Map<string, { times: number; request: string }>();
const statuses = new Map<string, number>();

function violated(what: string, { method, path, headers, body }: FuzzRequest) {
  const known = violations.get(what);
  if (known !== undefined) known.times += 1;
  else {
    const request = JSON.stringify({ method, path, headers, body: body?.toString('latin1') }).slice(0, 3000);
    violations.set(what, { times: 1, request });
  }
}

function ask(request: FuzzRequest, through: Agent = agent): Promise<Answer> {
  const { method, path, headers, body } = request;
  return new Promise((resolve, reject) => {
    const outgoing = send(
      `${url ?? ''}${path}`,
      { method, headers, agent: through, timeout: HANG_MS },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8').on('data', (data: string) => (text += data));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve({
            status: incoming.statusCode ?? 0,
            type: incoming.headers['content-type'] ?? '',
            body: text,
          });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // The server closed a connection that it had kept, after a head too large for it, while this was on its way. Node
      // does not mark all connections that were used before.
      if (error.code === 'ECONNRESET' && through !== fresh) resolve(ask(request, fresh));
      else reject(error);
    });
    outgoing.end(body);
  });
}

interface Failures {
  readonly errors?: readonly {
    readonly message?: unknown;
    readonly extensions?: { readonly code?: unknown };
  }[];
}

function check(request: FuzzRequest, { status, type, body }: Answer) {
  statuses.set(String(status), (statuses.get(String(status)) ?? 0) + 1);
  if (request.method === 'HEAD' || (status < 400 && !type.includes('json'))) return;
  // Node refuses such a head while it reads it, before any code of the gateway runs.
  if (status === 431 || (status === 417 && request.headers['expect'] !== undefined)) return;
  if (!type.includes('json')) {
    violated(`a ${String(status)} that is no JSON`, request);
    return;
  }
  let answer: Failures;
  try {
    answer = JSON.parse(body) as Failures;
  } catch {
    violated(`a ${String(status)} that does not parse`, request);
    return;
  }
  const { errors = [] } = answer;
  if (status >= 400 && errors.length === 0) violated(`a ${String(status)} without errors`, request);
  for (const { message, extensions } of errors) {
    const code = extensions?.code;
    if (typeof code !== 'string')
      violated(`an error without a code: ${String(message).slice(0, 80)}`, request);
    if (code === 'INTERNAL_SERVER_ERROR') violated('a fault of our own (INTERNAL_SERVER_ERROR)', request);
  }
}

let sent = 0;
let peak = 0;
async function work() {
  while (sent < count && child.exitCode === null && child.signalCode === null) {
    sent += 1;
    if (sent % NEW_WORLD_EVERY === 0) emulator.reset();
    if (sent % FAULTS_EVERY === 0) emulator.fault(pick(FAULTS)());
    const request = next();
    try {
      check(request, await ask(request));
    } catch (error) {
      violated(`no answer: ${error instanceof Error ? error.message : String(error)}`, request);
    }
  }
}

/** VmRSS of proc(5), which counts in kB. */
function residentMib(): number {
  const status = readFileSync(`/proc/${String(child.pid)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
}

console.log(`fuzz: ${String(count)} requests, seed ${String(seed)}`);
const began = performance.now();
const sampling = setInterval(() => {
  if (child.exitCode === null && child.signalCode === null) peak = Math.max(peak, residentMib());
}, 200);
await Promise.all(Array.from({ length: CONCURRENCY }, work));
clearInterval(sampling);
const seconds = (performance.now() - began) / 1000;

const faults: string[] = [];
if (child.exitCode !== null || child.signalCode !== null) faults.push('the gateway ended');
else if ((await fetch(`${url}/healthz`)).status !== 200) faults.push('the gateway no longer answers');
child.kill('SIGTERM');
if ((await gateway.exited) !== 0) faults.push('it did not exit with 0');
// Whatever is not a line of the log was written by Node: a warning, a rejection or a crash.
for (const line of gateway.output().split('\n')) {
  if (line !== '' && !/^{"level":"(info|warn)"/.test(line)) faults.push(`printed: ${line.slice(0, 1000)}`);
}
if (peak > MAX_RESIDENT_MIB) faults.push(`held more than ${String(MAX_RESIDENT_MIB)} MiB`);
for (const [what, { times, request }] of violations)
  faults.push(`${String(times)} times ${what}, first for ${request}`);
agent.destroy();
await emulator.stop();

const answers = [...statuses].sort().map(([status, times]) => `${status}: ${String(times)}`);
console.log(
  `${String(sent)} requests in ${seconds.toFixed(1)} s (${(sent / seconds).toFixed(0)}/s); ${answers.join(', ')}; ` +
    `memory at most ${peak.toFixed(0)} MiB of ${String(MAX_RESIDENT_MIB)}, heap within ${String(HEAP_MIB)}`,
);
for (const fault of faults.slice(0, 50)) console.log(`FAULT ${fault}`);
process.exitCode = faults.length === 0 ? 0 : 1;
