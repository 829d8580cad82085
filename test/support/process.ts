import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8')) as {
  readonly scripts: { readonly start: string };
};

export interface GatewayProcess {
  readonly child: ChildProcess;
  /** Where it listens; undefined when it ended instead. */
  readonly url: string | undefined;
  /** Everything that it has printed so far. */
  output(): string;
  /** Its exit code, once it has ended. */
  readonly exited: Promise<number | null>;
}

/** Runs `npm start` as it stands in package.json, with this environment alone. */
export async function startProcess(env: Readonly<Record<string, string>>): Promise<GatewayProcess> {
  if (!existsSync(resolve(ROOT, 'dist/main.js'))) throw new Error('dist/ is missing: run npm run build');
  const { PATH = '' } = process.env;
  const args = scripts.start.split(' ').slice(1);
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { PATH, PORT: '0', ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => (output += data.toString()));
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const listening = new Promise<string>((found) => {
    child.stdout.on('data', () => {
      const url = /"url":"([^"]+)"/.exec(output)?.[1];
      if (url !== undefined) found(url);
    });
  });
  const url = await Promise.race([listening, exited.then(() => undefined)]);
  return { child, url, output: () => output, exited };
}
