/**
 * The load: one process, one cell. Takes its job as JSON in argv[2] and prints what it found as JSON. A closed loop:
 * each of the workload's lanes sends its next page when the one before is answered, always as another caller.
 */
import { Agent, request } from 'node:http';
import { cpuMicros } from './process.js';
import { authorization, findFault, findWorkload, markerOf } from './workloads.js';

export interface Job {
  /** One, or replicas. */
  readonly urls: readonly string[];
  /** Among replicas: whether a page's requests go to each in turn, and not all to its caller's own. */
  readonly spread?: boolean;
  readonly upstream: string;
  readonly workload: string;
  /** How often one text is sent before another takes its place; always the same where it is absent. */
  readonly usesOfText?: number;
  readonly seconds: number;
  readonly warmup: number;
  readonly pids: readonly number[];
}

export interface Cell {
  /** Pages answered. */
  readonly n: number;
  readonly cpuMicros: number;
  readonly calls: number;
  readonly p50: number;
  readonly p99: number;
  readonly faults: readonly string[];
}

const job = JSON.parse(process.argv[2] ?? '') as Job;
const { requests, concurrency } = findWorkload(job.workload);
const urlOf = (n: number) => job.urls[n % job.urls.length] ?? '';
const cpuOfAll = () => job.pids.reduce((sum, pid) => sum + cpuMicros(pid), 0);
const agent = new Agent({ keepAlive: true });
const faults: string[] = [];
let next = 0;

const send = (url: string, body: string, caller: string) =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      authorization: caller,
      'content-length': Buffer.byteLength(body),
    };
    request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('error', reject).on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    })
      .on('error', reject)
      .end(body);
  });

/** Another text for the same operation: a comment is all that differs. */
function textOf(body: string, turn: number): string {
  if (job.usesOfText === undefined) return body;
  const text = String(Math.floor(turn / job.usesOfText));
  return body.replace('"query":"', `"query":"#${String(process.pid)}-${text}\\n`);
}

async function page(): Promise<number> {
  const turn = (next += 1);
  const caller = authorization(turn);
  const began = performance.now();
  const answers = await Promise.all(
    requests.map(({ body }, n) => send(urlOf(job.spread === true ? n : turn), textOf(body, turn), caller)),
  );
  const took = performance.now() - began;
  for (const [n, { status, text }] of answers.entries()) {
    const fault = findFault(status, text, requests[n]?.records ?? 0, markerOf(caller));
    if (fault !== undefined && faults.length < 3) faults.push(fault);
  }
  return took;
}

async function run(seconds: number): Promise<number[]> {
  const end = performance.now() + seconds * 1000;
  const took: number[] = [];
  const lane = async () => {
    while (performance.now() < end) took.push(await page());
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return took.sort((a, b) => a - b);
}

const countCalls = async () =>
  ((await (await fetch(`${job.upstream}/__count`)).json()) as { calls: number }).calls;

await run(job.warmup);
await countCalls();
const before = cpuOfAll();
const took = await run(job.seconds);
const used = cpuOfAll() - before;
const n = took.length;
const cell: Cell = {
  n,
  cpuMicros: used / n,
  calls: (await countCalls()) / n,
  p50: took[Math.floor(n * 0.5)] ?? NaN,
  p99: took[Math.floor(n * 0.99)] ?? NaN,
  faults,
};
console.log(JSON.stringify(cell));
agent.destroy();
