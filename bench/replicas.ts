/**
 * What two replicas lose where a page's requests are spread over them, against a proxy that keeps a caller on one.
 *
 *     npx tsx bench/replicas.ts [--rounds 5] [--seconds 2]
 */
import { parseArgs } from 'node:util';
import { GATEWAY, putLoad, startServer, startUpstream } from './servers.js';
import { summarize, toText } from './statistics.js';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, seconds: { type: 'string', default: '2' } },
});
const upstream = await startUpstream();
const replicas = [await startServer(GATEWAY, upstream.url), await startServer(GATEWAY, upstream.url)];
const kept = { cpuMicros: [] as number[], calls: [] as number[], p50: [] as number[] };
const spread = { cpuMicros: [] as number[], calls: [] as number[], p50: [] as number[] };
for (let round = 0; round < Number(options.rounds); round += 1) {
  for (const found of [kept, spread]) {
    const { cpuMicros, calls, p50 } = await putLoad({
      urls: replicas.map(({ url }) => url),
      pids: replicas.map(({ pid }) => pid),
      spread: found === spread,
      upstream: upstream.url,
      workload: 'W3',
      seconds: Number(options.seconds),
      warmup: 1,
    });
    found.cpuMicros.push(cpuMicros);
    found.calls.push(calls);
    found.p50.push(p50);
  }
}
await Promise.all(replicas.map((replica) => replica.stop()));
await upstream.stop();
console.log('| a page of 8 requests over two replicas | upstream calls | CPU µs, both | p50 ms |\n|-|-|-|-|');
for (const [name, { calls, cpuMicros, p50 }] of Object.entries({
  'each caller on one': kept,
  'in turn': spread,
})) {
  console.log(
    `| ${name} | ${[calls, cpuMicros, p50].map((values) => toText(summarize(values))).join(' | ')} |`,
  );
}
