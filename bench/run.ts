/**
 * Measures the built gateway beside the floor, in interleaved rounds.
 *
 *     npm run bench          compares with bench/results/latest.json; --save replaces it
 *     npm run bench:check    fails where a ratio to the floor is beyond bench/budget.json
 *
 * --rounds 5 --seconds 2 --warmup 1 --workloads W0,W1,W2,W2b,W3
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Cell } from './load.js';
import { forgetPeak, peakMebibytes } from './process.js';
import { FLOOR, GATEWAY, putLoad, startServer, startUpstream } from './servers.js';
import { short, summarize, toText, type Summary } from './statistics.js';
import { findWorkload } from './workloads.js';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    warmup: { type: 'string', default: '1' },
    workloads: { type: 'string', default: 'W0,W1,W2,W2b,W3' },
    save: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
});

interface Row {
  readonly cpuMicros: Summary;
  readonly floorMicros: Summary;
  /** Of the medians. */
  readonly ratio: number;
  readonly calls: number;
  readonly p50: number;
  readonly p99: number;
  readonly peakMebibytes: number;
}
type Rows = Readonly<Record<string, Row>>;
type Measured = Cell & { readonly peak: number };

const LATEST = new URL('results/latest.json', import.meta.url);
const read = (url: URL): unknown => JSON.parse(readFileSync(url, 'utf8'));
const workloads = options.workloads.split(',');
const seconds = Number(options.seconds);
const warmup = Number(options.warmup);

async function measure(args: readonly string[], upstream: string): Promise<Map<string, Measured>> {
  const server = await startServer(args, upstream);
  const job = { urls: [server.url], upstream, pids: [server.pid], warmup };
  const cells = new Map<string, Measured>();
  // Each once beforehand, so that none is measured with the code still cold.
  for (const workload of workloads) await putLoad({ ...job, workload, seconds: 0.1 });
  for (const workload of workloads) {
    forgetPeak(server.pid);
    const cell = await putLoad({ ...job, workload, seconds });
    cells.set(workload, { ...cell, peak: peakMebibytes(server.pid) });
  }
  await server.stop();
  return cells;
}

async function measureAll(): Promise<Rows> {
  const upstream = await startUpstream();
  const rounds: { readonly floor: Map<string, Measured>; readonly gateway: Map<string, Measured> }[] = [];
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    console.error(`round ${String(round)} of ${options.rounds}`);
    rounds.push({ floor: await measure(FLOOR, upstream.url), gateway: await measure(GATEWAY, upstream.url) });
  }
  await upstream.stop();
  const rows = workloads.map((workload): [string, Row] => {
    const of = (server: 'floor' | 'gateway', key: 'cpuMicros' | 'calls' | 'p50' | 'p99' | 'peak') =>
      summarize(rounds.map((round) => round[server].get(workload)?.[key] ?? NaN));
    const [cpuMicros, floorMicros] = [of('gateway', 'cpuMicros'), of('floor', 'cpuMicros')];
    return [
      workload,
      {
        cpuMicros,
        floorMicros,
        ratio: cpuMicros.median / floorMicros.median,
        calls: of('gateway', 'calls').median,
        p50: of('gateway', 'p50').median,
        p99: of('gateway', 'p99').median,
        peakMebibytes: of('gateway', 'peak').max,
      },
    ];
  });
  return Object.fromEntries(rows);
}

function print(rows: Rows, latest: Rows): void {
  console.log('| workload | CPU µs | floor | × floor | last × | calls | p50 ms | p99 ms | peak RSS MiB |');
  console.log('|-|-|-|-|-|-|-|-|-|');
  for (const [workload, row] of Object.entries(rows)) {
    const before = latest[workload];
    const cells = [
      `${workload}: ${findWorkload(workload).title}`,
      toText(row.cpuMicros),
      toText(row.floorMicros),
      short(row.ratio),
      before === undefined ? '–' : short(before.ratio),
      short(row.calls),
      short(row.p50),
      short(row.p99),
      short(row.peakMebibytes),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

interface Budget {
  /** How much a ratio differs between runs of the same code, as a share. */
  readonly noise: number;
  readonly workloads: Readonly<Record<string, { readonly ratio: number; readonly calls: number }>>;
}

function findOverdrafts(rows: Rows, { noise, workloads: limits }: Budget): string[] {
  return Object.entries(rows).flatMap(([workload, { ratio, calls }]) => {
    const limit = limits[workload];
    if (limit === undefined) return [];
    const most = limit.ratio * (1 + noise);
    return [
      ...(ratio > most ? [`${workload}: ${short(ratio)} × floor, more than ${short(most)}`] : []),
      ...(calls > limit.calls ? [`${workload}: ${short(calls)} calls, more than ${short(limit.calls)}`] : []),
    ];
  });
}

const rows = await measureAll();
print(rows, read(LATEST) as Rows);
if (options.save) writeFileSync(LATEST, `${JSON.stringify(rows, undefined, 2)}\n`);
if (options.check) {
  const overdrafts = findOverdrafts(rows, read(new URL('budget.json', import.meta.url)) as Budget);
  for (const overdraft of overdrafts) console.error(overdraft);
  process.exitCode = overdrafts.length === 0 ? 0 : 1;
}
