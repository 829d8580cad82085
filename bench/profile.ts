/**
 * Profiles the built gateway under one workload after another, writes bench/profiles/WORKLOAD.cpuprofile (opens in
 * Chrome's developer tools) and prints who spends the time.
 *
 *     npm run bench:profile -- --workloads W1,W2,W3 --seconds 5
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { GATEWAY, putLoad, startServer, startUpstream } from './servers.js';

const { values: options } = parseArgs({
  options: { workloads: { type: 'string', default: 'W1,W2,W3' }, seconds: { type: 'string', default: '5' } },
});

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}
type Frame = Profile['nodes'][number]['callFrame'];

const toOwner = ({ url, functionName }: Frame): string => {
  const [, name] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (name !== undefined) return name;
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/');
  return url.includes('/dist/') ? `src/${url.split('/dist/')[1] ?? ''}` : functionName;
};
/** What a part of the work is called in the results; the first that fits. */
const PARTS: readonly (readonly [string, RegExp])[] = [
  ['garbage collection', /^\(garbage collector\)/],
  ['sockets: system calls', /^(?:writev|writeLatin1String|writeUtf8String|writeString|readStart|shutdown) /],
  ['log and metrics', /pino|sonic-boom|prom-client|quick-format|dist\/observability/],
  [
    'got, and the HTTP client',
    /\/got\/|lowercase-keys|decompress-response|node:_http_(?:client|agent)|upstream\/client/,
  ],
  ['207 and JSON in', /upstream\/(?:multi-status|multipart|json|refusal)|^RegExp/],
  ['serialize', /prettyJSONStringify/],
  [
    'parse, validate, limits',
    /graphql\/(?:language|validation)|server\/(?:limits|cost|list-size|repetition)|graphql-query-complexity|graphql-armor/,
  ],
  [
    'execute',
    /\/graphql\/|graphql-jit|server\/(?:jit|fair-turns|spread-lists)|dist\/domains|domain-kit\/(?!record-loader)|lib\/global-id|^\S+ :[1-9]/,
  ],
  ['loaders, fold, budget', /dataloader|record-loader|dist\/upstream|dist\/lib/],
  ['Apollo', /@apollo|negotiator|whatwg-mimetype/],
  ['HTTP server', /fastify|helmet|find-my-way|secure-json-parse|avvio|dist\/server|node:_http|node:net/],
  ['streams, events, timers, crypto of Node', /node:/],
];
const toPart = (frame: Frame): string => {
  const text = `${frame.functionName} ${frame.url}:${String(frame.lineNumber + 1)}`;
  return PARTS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'the rest';
};
const toPlace = ({ url, functionName, lineNumber }: Frame) =>
  `${functionName || '(anonymous)'} ${url.replace(/^.*\/(node_modules|dist)\//, '')}:${String(lineNumber + 1)}`;

function printShares(
  { nodes, samples, timeDeltas }: Profile,
  nameOf: (frame: Frame) => string,
  most: number,
): void {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const shares = new Map<string, number>();
  let total = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === '(idle)') continue;
    const micros = timeDeltas[index] ?? 0;
    total += micros;
    shares.set(nameOf(frame), (shares.get(nameOf(frame)) ?? 0) + micros);
  }
  const largest = [...shares].sort(([, a], [, b]) => b - a).slice(0, most);
  for (const [name, micros] of largest)
    console.log(`${((100 * micros) / total).toFixed(1).padStart(6)} %  ${name}`);
}

const directory = fileURLToPath(new URL('profiles/', import.meta.url));
mkdirSync(directory, { recursive: true });
const upstream = await startUpstream();
for (const workload of options.workloads.split(',')) {
  const name = `${workload}.cpuprofile`;
  const flags = ['--cpu-prof', `--cpu-prof-dir=${directory}`, `--cpu-prof-name=${name}`];
  const server = await startServer([...flags, ...GATEWAY], upstream.url);
  const job = {
    urls: [server.url],
    upstream: upstream.url,
    pids: [server.pid],
    warmup: 3,
    seconds: Number(options.seconds),
  };
  const { cpuMicros } = await putLoad({ ...job, workload });
  await server.stop();
  const profile = JSON.parse(readFileSync(directory + name, 'utf8')) as Profile;
  console.log(`\n${workload}: ${cpuMicros.toFixed(0)} µs CPU under the profiler, start-up included below`);
  printShares(profile, toPart, 20);
  console.log('');
  printShares(profile, toOwner, 20);
  console.log('');
  printShares(profile, toPlace, 25);
}
await upstream.stop();
