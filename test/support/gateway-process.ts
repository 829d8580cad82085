import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The gateway as operators run it: in a process of its own, with nothing but its environment. */
export interface GatewayProcess {
  readonly url: string;
  readonly pid: number;
  /** Lines on standard output, as far as they are kept. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
  /** False once it has ended, whatever the reason. */
  isAlive(): boolean;
  /** Memory that the process holds, in bytes. */
  residentBytes(): number;
  /** Asks it to stop; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** A long run of requests logs more than is worth keeping. */
const MAX_LINES = 100_000;
const ENTRY = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export async function startGatewayProcess(env: Readonly<Record<string, string>>): Promise<GatewayProcess> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', ENTRY], {
    env: { PATH, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('The gateway did not start.');
  const gone = once(child, 'exit') as Promise<[number | null]>;
  const stdout: string[] = [];
  const stderr: string[] = [];
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => {
    if (stdout.length < MAX_LINES) stdout.push(line);
  });
  createInterface(child.stderr).on('line', (line) => {
    if (stderr.length < MAX_LINES) stderr.push(line);
  });
  const url = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      const { url } = JSON.parse(line) as { url?: string };
      if (url !== undefined) resolve(url);
    });
    void gone.then(() => {
      reject(new Error(`The gateway ended at its start:\n${stderr.join('\n')}`));
    });
  });
  return {
    url,
    pid,
    stdout,
    stderr,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    residentBytes: () => readResidentBytes(pid),
    async stop() {
      child.kill('SIGTERM');
      const [code] = await gone;
      return code;
    },
  };
}

/** VmRSS of proc(5), which counts in kB. */
function readResidentBytes(pid: number): number {
  const [, kilobytes = '0'] =
    /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
