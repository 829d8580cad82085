/** Starts and stops what is measured, each in a process of its own, and puts load on it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Cell, Job } from './load.js';

const TSX = ['--import', 'tsx'];
const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const { scripts } = JSON.parse(readFileSync(fileOf('../package.json'), 'utf8')) as {
  readonly scripts: { readonly start: string };
};
/** As `npm start` has it, with Node's flags. */
export const GATEWAY = scripts.start
  .split(' ')
  .slice(1)
  .map((argument) => (argument === 'dist/main.js' ? fileOf(`../${argument}`) : argument));
export const FLOOR = [...TSX, fileOf('floor.ts')];

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export interface Running {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess & { pid: number } {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (child.pid === undefined) throw new Error(`${args.join(' ')} did not start.`);
  children.add(child);
  child.once('exit', () => children.delete(child));
  return Object.assign(child, { pid: child.pid });
}

async function readLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('There is nothing to read.');
  const [data] = (await once(stdout, 'data')) as [Buffer];
  return data.toString().trim();
}

export async function startUpstream(): Promise<Running> {
  const child = start([...TSX, fileOf('upstream.ts')]);
  return { url: await readLine(child), pid: child.pid, stop: () => stop(child) };
}

/** As in production, with its log, its metrics and every limit but the inbound rate: all callers share one address. */
export async function startServer(args: readonly string[], upstream: string): Promise<Running> {
  const port = await findFreePort();
  const child = start(args, {
    NODE_ENV: 'production',
    PORT: String(port),
    RINGCENTRAL_SERVER_URL: upstream,
    INBOUND_RATE_PER_MINUTE: '0',
  });
  child.stdout?.resume();
  const url = `http://127.0.0.1:${String(port)}`;
  for (let attempt = 0; attempt < 500 && child.exitCode === null; attempt += 1) {
    const ready = await fetch(`${url}/readyz`).catch(() => undefined);
    if (ready?.ok === true) return { url: `${url}/graphql`, pid: child.pid, stop: () => stop(child) };
    await sleep(20);
  }
  await stop(child);
  throw new Error(`${args.join(' ')} is not ready.`);
}

export async function putLoad(job: Job): Promise<Cell> {
  const child = start([...TSX, fileOf('load.ts'), JSON.stringify(job)]);
  const cell = JSON.parse(await readLine(child)) as Cell;
  if (cell.faults.length > 0) throw new Error(`${job.workload}: ${cell.faults.join('; ')}`);
  return cell;
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
