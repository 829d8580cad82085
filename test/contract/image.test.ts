import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { isBuiltin } from 'node:module';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';

// What can be said of the image without a container engine: the last stage is read, and its commands are run here.

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const { dependencies, scripts } = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>;
  scripts: Record<string, string>;
};

/** The instructions of the last stage, continued lines joined. */
const lastStage =
  read('Dockerfile')
    .replaceAll('\\\n', ' ')
    .split(/^FROM /m)
    .at(-1)
    ?.split('\n') ?? [];
const instructions = (name: string) =>
  lastStage.map((line) => line.trim()).filter((line) => line.startsWith(`${name} `));
const execForm = (line: string | undefined) => JSON.parse(line?.slice(line.indexOf('[')) ?? '[]') as string[];

/** The packages that the files under `folder` import, by name. */
function importedPackages(folder: string): Set<string> {
  const sources = readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('server/playground/app/'))
    .map((path) => read(folder + path));
  const specifiers = sources.flatMap((text) =>
    [...text.matchAll(/^(?!import type).*(?:\bfrom|\bimport\() ?'([^'.][^']*)'/gm)].map(
      ([, name = '']) => name,
    ),
  );
  const toPackage = (specifier: string) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier;
  return new Set(specifiers.filter((name) => !isBuiltin(name)).map(toPackage));
}

/** The exit code of the image's health check against a gateway that answers `status`, or that is not there. */
async function healthCheck(status: number | undefined): Promise<number> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  if (status === undefined) await new Promise((resolve) => server.close(resolve));
  const [file = '', ...args] = execForm(instructions('HEALTHCHECK')[0]);
  const code = await new Promise<number>((resolve) => {
    execFile(file, args, { env: { PATH: process.env['PATH'], PORT: String(port) } }, (error) => {
      resolve(typeof error?.code === 'number' ? error.code : 0);
    });
  });
  server.close();
  expect(asked).toEqual(status === undefined ? [] : ['/readyz']);
  return code;
}

describe('the container image', () => {
  it('is made of files that are there and that .dockerignore lets through', () => {
    const ignored = new Set(read('.dockerignore').split('\n'));
    const sources = instructions('COPY')
      .filter((line) => !line.includes('--from='))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(sources).toEqual(['package.json', 'schema']);
    for (const source of sources) {
      expect(existsSync(new URL(source, root)), source).toBe(true);
      expect(ignored.has(source), source).toBe(false);
    }
  });

  it('does not run as root', () => {
    const user = instructions('USER').at(-1)?.split(' ')[1];
    expect(user).toBeDefined();
    expect(['root', '0']).not.toContain(user);
  });

  it('starts what npm start starts, in the exec form that hands signals on', () => {
    expect(execForm(instructions('CMD').at(-1)).join(' ')).toBe(scripts['start']);
  });

  it('needs no package that production does not install', () => {
    const imported = importedPackages('src/');
    expect(imported).toContain('zod');
    expect([...imported].filter((name) => !(name in dependencies))).toEqual([]);
  });

  it('is healthy when the gateway is ready, and only then', async () => {
    expect(await Promise.all([healthCheck(200), healthCheck(503), healthCheck(undefined)])).toEqual([
      0, 1, 1,
    ]);
  });
});
