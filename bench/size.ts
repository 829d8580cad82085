/**
 * The cost against the size of the answer: lists of 10, 100 and 1,000 records, and 1, 10, 30 and 300 look-ups by
 * aliases, gateway and floor. Writes bench/results/size.json and bench/results/size.svg.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { toSvg, type Curve } from './plot.js';
import { FLOOR, GATEWAY, putLoad, startServer, startUpstream } from './servers.js';
import { short, summarize } from './statistics.js';

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, seconds: { type: 'string', default: '2' } },
});
const SIZES = { list: [10, 100, 1000], aliases: [1, 10, 30, 300] };
const SERVERS = { gateway: GATEWAY, floor: FLOOR };

const measured = new Map<string, number[]>();
const upstream = await startUpstream();
for (let round = 0; round < Number(options.rounds); round += 1) {
  for (const [name, args] of Object.entries(SERVERS)) {
    const server = await startServer(args, upstream.url);
    for (const [kind, sizes] of Object.entries(SIZES)) {
      for (const size of sizes) {
        const workload = `${kind}:${String(size)}`;
        const job = { urls: [server.url], upstream: upstream.url, pids: [server.pid], warmup: 1 };
        const { cpuMicros } = await putLoad({ ...job, workload, seconds: Number(options.seconds) });
        const key = `${name} ${workload}`;
        measured.set(key, [...(measured.get(key) ?? []), cpuMicros]);
      }
    }
    await server.stop();
  }
}
await upstream.stop();

const curves = Object.entries(SIZES).flatMap(([kind, sizes]) =>
  Object.keys(SERVERS).map((name): Curve => ({
    name: `${name}, ${kind}`,
    points: sizes.map((size) => [
      size,
      summarize(measured.get(`${name} ${kind}:${String(size)}`) ?? []).median,
    ]),
  })),
);
for (const { name, points } of curves) {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) continue;
  const slope = (last[1] - first[1]) / (last[0] - first[0]);
  console.log(
    `${name}: ${points.map(([size, micros]) => `${String(size)}: ${short(micros)} µs`).join(', ')}; ${short(slope)} µs a record`,
  );
}
const file = (name: string) => new URL(`results/${name}`, import.meta.url);
writeFileSync(file('size.json'), `${JSON.stringify(curves, undefined, 2)}\n`);
writeFileSync(file('size.svg'), toSvg(curves, { x: 'records in the answer', y: 'CPU µs per request' }));
