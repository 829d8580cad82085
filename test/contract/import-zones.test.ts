import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const options = await extractOptions(join(ROOT, '.dependency-cruiser.cjs'));

/** A file that is not there. */
const NOWHERE = 'src/upstream/nowhere.ts';

type How = 'import' | 'type' | 'dynamic';

/** Each rule with imports that it refuses. */
const refused: [rule: string, from: string, to: string, how?: How][] = [
  ['main-imports', 'src/main.ts', 'src/server/http.ts'],
  ['main-imports', 'src/main.ts', 'src/emulator/emulator.ts', 'dynamic'],
  ['app-imports', 'src/app.ts', 'src/main.ts'],
  ['app-imports', 'src/app.ts', 'src/domains/extension/loader.ts'],
  ['app-imports', 'src/app.ts', 'src/server/playground/app/main.tsx'],
  ['config-imports', 'src/config.ts', 'src/observability/logger.ts'],
  ['context-imports', 'src/context.ts', 'src/server/http.ts'],
  ['context-types', 'src/context.ts', 'src/upstream/upstream.ts'],
  ['schema-imports', 'src/schema.ts', 'src/domains/extension/resolvers.ts'],
  ['scalars-imports', 'src/scalars.ts', 'src/schema.ts'],
  ['redis-imports', 'src/redis.ts', 'src/upstream/upstream.ts', 'type'],
  ['replicas-imports', 'src/replicas.ts', 'src/server/session/session.ts'],
  ['errors-imports', 'src/errors.ts', 'src/lib/clock.ts'],
  ['lib-imports', 'src/lib/clock.ts', 'src/config.ts', 'type'],
  ['lib-imports', 'src/lib/clock.ts', 'src/errors.ts'],
  ['observability-imports', 'src/observability/logger.ts', 'src/upstream/upstream.ts', 'type'],
  ['observability-types', 'src/observability/logger.ts', 'src/config.ts'],
  ['generated-imports', 'src/generated/resolvers.ts', 'src/domains/extension/loader.ts', 'type'],
  ['generated-types', 'src/generated/resolvers.ts', 'src/domains/extension/model.ts'],
  ['server-imports', 'src/server/http.ts', 'src/domains/index.ts'],
  ['server-imports', 'src/server/http.ts', 'src/app.ts', 'type'],
  ['server-imports', 'src/server/http.ts', 'src/emulator/emulator.ts', 'dynamic'],
  ['server-imports', 'src/server/playground/page.ts', 'src/server/playground/app/main.tsx'],
  ['server-types', 'src/server/http.ts', 'src/config.ts'],
  ['server-types', 'src/server/http.ts', 'src/upstream/upstream.ts'],
  ['browser-imports', 'src/server/playground/app/main.tsx', 'src/server/playground/page.ts'],
  ['domains-imports', 'src/domains/index.ts', 'src/upstream/upstream.ts', 'type'],
  ['domain-imports', 'src/domains/extension/loader.ts', 'src/domains/phone-number/loader.ts', 'type'],
  ['domain-imports', 'src/domains/extension/loader.ts', 'src/domains/index.ts'],
  ['domain-imports', 'src/domains/extension/resolvers.ts', 'src/server/http.ts', 'type'],
  ['domain-types', 'src/domains/extension/mapper.ts', 'src/domains/phone-number/model.ts'],
  ['domain-types', 'src/domains/extension/loader.ts', 'src/upstream/upstream.ts'],
  ['domain-types', 'src/domains/extension/resolvers.ts', 'src/context.ts'],
  ['domain-kit-imports', 'src/domain-kit/connection.ts', 'src/domains/extension/model.ts', 'type'],
  ['domain-kit-types', 'src/domain-kit/connection.ts', 'src/upstream/upstream.ts'],
  ['upstream-imports', 'src/upstream/fold.ts', 'src/generated/resolvers.ts', 'type'],
  ['upstream-imports', 'src/upstream/fold.ts', 'src/domains/extension/model.ts', 'type'],
  ['upstream-imports', 'src/upstream/fold.ts', 'src/domain-kit/connection.ts', 'type'],
  ['upstream-types', 'src/upstream/fold.ts', 'src/config.ts'],
  ['emulator-imports', 'src/emulator/emulator.ts', 'src/upstream/upstream.ts', 'type'],
  ['emulator-imports', 'src/emulator/emulator.ts', 'src/errors.ts'],
  ['no-room', 'src/stray.ts', 'src/lib/clock.ts'],
  ['emulator-loaded-late', 'src/app.ts', 'src/emulator/emulator.ts'],
  ['tracing-loaded-late', 'src/observability/tracing.ts', '@opentelemetry/core'],
  ['inside-src', 'src/app.ts', 'test/support/manual-clock.ts'],
  ['inside-src', 'src/app.ts', 'package.json'],
  ['got-in-client-alone', 'src/upstream/fold.ts', 'got', 'type'],
  ['got-in-client-alone', 'src/server/http.ts', 'got', 'dynamic'],
  ['upstream-without-graphql', 'src/upstream/fold.ts', 'graphql', 'type'],
  ['upstream-without-graphql', 'src/upstream/fold.ts', 'dataloader'],
  ['no-dev-packages', 'src/server/http.ts', 'vitest', 'type'],
  ['no-dev-packages', 'src/server/http.ts', 'undeclared'],
  ['no-cycles', 'src/upstream/reads.ts', 'src/upstream/writes.ts'],
  ['no-orphans', 'src/lib/lonely.ts', ''],
  ['no-unresolved', 'src/upstream/fold.ts', NOWHERE],
];

/** What the same rules let through, in the same tree. */
const allowed: [from: string, to: string, how?: How][] = [
  ['src/main.ts', 'src/app.ts'],
  ['src/main.ts', 'src/config.ts'],
  ['src/app.ts', 'src/server/http.ts'],
  ['src/app.ts', 'src/upstream/upstream.ts'],
  ['src/app.ts', 'src/emulator/seed.ts', 'dynamic'],
  ['src/app.ts', 'src/emulator/state.ts', 'type'],
  ['src/context.ts', 'src/domains/index.ts'],
  ['src/context.ts', 'src/domain-kit/connection.ts'],
  ['src/generated/resolvers.ts', 'src/domains/phone-number/model.ts', 'type'],
  ['src/server/http.ts', 'src/context.ts'],
  ['src/server/http.ts', 'src/server/playground/page.ts'],
  ['src/server/http.ts', 'src/upstream/reads.ts', 'type'],
  ['src/server/http.ts', 'src/errors.ts'],
  ['src/domains/index.ts', 'src/domains/phone-number/loader.ts'],
  ['src/domains/phone-number/loader.ts', 'src/domains/phone-number/model.ts'],
  ['src/domains/phone-number/loader.ts', 'src/domain-kit/connection.ts'],
  ['src/domains/phone-number/loader.ts', 'src/upstream/upstream.ts', 'type'],
  ['src/domains/phone-number/model.ts', 'src/domains/extension/model.ts', 'type'],
  ['src/domains/phone-number/resolvers.ts', 'src/context.ts', 'type'],
  ['src/domain-kit/connection.ts', 'src/context.ts', 'type'],
  ['src/domain-kit/connection.ts', 'dataloader'],
  ['src/upstream/client.ts', 'got'],
  // The way back of the cycle above, which is told once.
  ['src/upstream/writes.ts', 'src/upstream/reads.ts'],
  ['src/upstream/client.ts', 'src/observability/logger.ts'],
  ['src/upstream/client.ts', 'src/errors.ts'],
  ['src/emulator/emulator.ts', 'src/lib/clock.ts'],
  ['src/observability/tracing.ts', '@opentelemetry/api', 'type'],
  ['src/observability/tracing.ts', '@opentelemetry/sdk', 'dynamic'],
  ['src/server/playground/app/main.tsx', 'vitest'],
];

const OPEN_TELEMETRY = ['api', 'core', 'sdk'].map((name) => `@opentelemetry/${name}`);
const DEPENDENCIES = ['got', 'graphql', 'dataloader', ...OPEN_TELEMETRY];
const DEV_DEPENDENCIES = ['vitest'];
const PACKAGES = [...DEPENDENCIES, ...DEV_DEPENDENCIES, 'undeclared'];

function toStatement(from: string, to: string, how: How = 'import'): string {
  const path = relative(dirname(from), to);
  const specifier = PACKAGES.includes(to)
    ? to
    : `${path.startsWith('.') ? '' : './'}${path.replace(/\.tsx?$/, '.js')}`;
  const quoted = JSON.stringify(specifier);
  if (how === 'dynamic') return `await import(${quoted});\n`;
  return `import ${how === 'type' ? 'type ' : ''}{ part } from ${quoted};\n`;
}

/** The imports of both tables as source files. */
function toSources(): Map<string, string> {
  const sources = new Map<string, string>();
  const add = (path: string, text: string) => sources.set(path, `${sources.get(path) ?? ''}${text}`);
  for (const [from, to, how] of [...refused.map(([, ...edge]) => edge), ...allowed]) {
    add(from, to === '' ? '' : toStatement(from, to, how));
    if (to.endsWith('.ts') && to !== NOWHERE) add(to, '');
  }
  return sources;
}

const toVersions = (names: string[]) => Object.fromEntries(names.map((name) => [name, '1.0.0']));

function writeTree(directory: string): void {
  const files = new Map(toSources());
  const manifest = { dependencies: toVersions(DEPENDENCIES), devDependencies: toVersions(DEV_DEPENDENCIES) };
  files.set('package.json', JSON.stringify(manifest));
  for (const name of PACKAGES) {
    files.set(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    files.set(`node_modules/${name}/index.js`, '');
  }
  for (const [path, text] of files) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

async function findViolations(baseDir: string) {
  const { output } = await cruise(['src'], { ...options, baseDir });
  return (output as ICruiseResult).summary.violations;
}

describe('the import zones', () => {
  const directory = mkdtempSync(join(tmpdir(), 'import-zones-'));
  let violations: Awaited<ReturnType<typeof findViolations>>;

  const violated = (from: string, to: string) =>
    violations.filter((found) => found.from === from && found.to.includes(to)).map(({ rule }) => rule.name);

  beforeAll(async () => {
    writeTree(directory);
    violations = await findViolations(directory);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  it.each(refused.map(([rule, from, to, how = 'import']) => ({ rule, from, to, how })))(
    '$rule refuses $from → $to ($how)',
    ({ rule, from, to }) => {
      expect(violated(from, to === NOWHERE ? './nowhere.js' : to)).toContain(rule);
    },
  );

  it.each(allowed.map(([from, to, how = 'import']) => ({ from, to, how })))(
    '$from → $to ($how) is let through',
    ({ from, to }) => {
      expect(violated(from, to)).toEqual([]);
    },
  );

  it('has no rule that was not seen to refuse', () => {
    const rules = options.ruleSet?.forbidden?.map(({ name }) => name);
    expect(rules).toEqual([...new Set(refused.map(([rule]) => rule))]);
  });

  it('are kept by the whole of src/', async () => {
    const found = await findViolations(ROOT);
    expect(found.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  });
});
