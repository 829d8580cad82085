import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { REDIS_SERVER } from './requires.js';

/** A redis-server of its own on a loopback port, which keeps nothing on disk. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** It keeps its connections and answers nothing, until `resume`. */
  pause(): void;
  resume(): void;
  /** Kills it; what it held is lost. */
  stop(): Promise<void>;
}

/** @param port where an earlier one was, to start it again; a free one unless said */
export async function startRedisServer(port?: number): Promise<RedisServer> {
  const at = port ?? (await findFreePort());
  const folder = await mkdtemp(join(tmpdir(), 'redis-'));
  const args = [
    '--port',
    String(at),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--dir',
    folder,
  ];
  const child = spawn(REDIS_SERVER, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of child.stdout) {
    if (String(line).includes('Ready to accept connections')) break;
  }
  return {
    port: at,
    url: `redis://127.0.0.1:${String(at)}`,
    pause: () => child.kill('SIGSTOP'),
    resume: () => child.kill('SIGCONT'),
    async stop() {
      const gone = once(child, 'exit');
      // A stopped process is killed all the same.
      child.kill('SIGKILL');
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
