/**
 * What an operation costs at its first use, when it has to be parsed, validated and counted; and what honest requests
 * wait beside a flood of operations that are each sent often enough to be compiled.
 *
 *     npm run bench:first-use
 */
import { parseArgs } from 'node:util';
import type { Cell } from './load.js';
import { GATEWAY, putLoad, startServer, startUpstream } from './servers.js';
import { short, summarize, toText } from './statistics.js';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '2' } },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);

const upstream = await startUpstream();
const server = await startServer(GATEWAY, upstream.url);
const job = { urls: [server.url], upstream: upstream.url, pids: [server.pid], warmup: 1, seconds };

console.log('| workload | CPU µs, known text | CPU µs, new text | of which the first use |');
console.log('|-|-|-|-|');
for (const workload of ['W0', 'W1', 'W2', 'W2b', 'W3']) {
  const known: number[] = [];
  const fresh: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    known.push((await putLoad({ ...job, workload })).cpuMicros);
    fresh.push((await putLoad({ ...job, workload, usesOfText: 1 })).cpuMicros);
  }
  const [before, after] = [summarize(known), summarize(fresh)];
  console.log(
    `| ${workload} | ${toText(before)} | ${toText(after)} | ${short(after.median - before.median)} |`,
  );
}

console.log('\n| W2 beside a second load of W2 | p50 ms | p99 ms |');
console.log('|-|-|-|');
const beside = { 'of one text': undefined, 'whose texts are each sent three times': 3 };
for (const [name, usesOfText] of Object.entries(beside)) {
  const honest: Cell[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const other = { ...job, workload: 'W2', ...(usesOfText !== undefined && { usesOfText }) };
    const [cell] = await Promise.all([putLoad({ ...job, workload: 'W2' }), putLoad(other)]);
    honest.push(cell);
  }
  const of = (key: 'p50' | 'p99') => toText(summarize(honest.map((cell) => cell[key])));
  console.log(`| ${name} | ${of('p50')} | ${of('p99')} |`);
}
await server.stop();
await upstream.stop();
