/**
 * Takes the caller out of each key that holds something for it, one after the other, and expects the tests to notice:
 * a guard that no test misses guards nothing. Works on a copy: npm run mutation-check
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

interface Mutation {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The test that must fail. */
  readonly test: string;
}

const MUTATIONS: readonly Mutation[] = [
  {
    what: 'one hash for every bearer token',
    file: 'src/server/bearer.ts',
    from: 'caller: toBearerCaller(callerKey, token)',
    to: "caller: toBearerCaller(callerKey, '')",
    test: 'test/integration/many-callers.test.ts',
  },
  {
    what: 'one domain for sessions and bearer tokens',
    file: 'src/server/caller-key.ts',
    from: '`session\\0${id}`',
    to: 'id',
    test: 'test/integration/session-caller.test.ts',
  },
  {
    what: 'one caller object for everybody',
    file: 'src/upstream/gateway.ts',
    from: 'callers.get(credential.caller)',
    to: "callers.get('')",
    test: 'test/integration/many-callers.test.ts',
  },
  {
    what: 'one generation, and so one set of cache entries and reads under way, for everybody',
    file: 'src/upstream/callers.ts',
    from: 'new Generation(this.#nextId())',
    to: '((globalThis as unknown as { one: Generation }).one ??= new Generation(0))',
    test: 'test/integration/many-callers.test.ts',
  },
  {
    what: 'cache entries without the generation of their caller',
    file: 'src/upstream/cache.ts',
    from: '`${String(id)} ${key}`',
    to: '`${String(id).slice(0, 0)} ${key}`',
    test: 'test/integration/many-callers.test.ts',
  },
  {
    what: 'reads under way without the generation of their caller',
    file: 'src/upstream/read-scope.ts',
    from: 'windowMs > 0 ? generation.scope',
    to: 'windowMs > 0 ? ((globalThis as unknown as { scope: ReadScope }).scope ??= new ReadScope())',
    test: 'test/integration/many-callers.test.ts',
  },
  {
    what: 'shared cache entries without the caller',
    file: 'src/upstream/cache-redis.ts',
    from: '{${caller}}',
    to: '{${caller.slice(0, 0)}}',
    test: 'test/integration/shared-cache.test.ts',
  },
  {
    what: 'one budget for everybody',
    file: 'src/upstream/look-ups.ts',
    from: 'budget.reserve(caller.key,',
    to: "budget.reserve('',",
    test: 'test/integration/rate-limits.test.ts',
  },
];

const root = resolve(import.meta.dirname, '..');
const copy = mkdtempSync(join(tmpdir(), 'mutation-check-'));
for (const part of ['src', 'test', 'schema', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
  cpSync(join(root, part), join(copy, part), { recursive: true });
}
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

const survivors: string[] = [];
try {
  for (const { what, file, from, to, test } of MUTATIONS) {
    const path = join(copy, file);
    const source = readFileSync(path, 'utf8');
    if (source.split(from).length !== 2) throw new Error(`${file} does not hold exactly once: ${from}`);
    writeFileSync(path, source.replace(from, to));
    const { status } = spawnSync('npx', ['vitest', 'run', test], { cwd: copy, stdio: 'ignore' });
    writeFileSync(path, source);
    console.log(`${status === 0 ? 'SURVIVED' : 'noticed '}  ${what}`);
    if (status === 0) survivors.push(what);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.exitCode = survivors.length > 0 ? 1 : 0;
