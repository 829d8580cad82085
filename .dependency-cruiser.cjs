/** Who may import whom in src/. test/contract/import-zones.test.ts sees each rule refuse once. */

const ERRORS = '^src/errors\\.ts$';
const LIB = '^src/lib/';
/** Free to all, but for the emulator: what it shared with the gateway would hide a shared misreading. */
const OPEN = [ERRORS, LIB];
const APP = '^src/app\\.ts$';
const CONFIG = '^src/config\\.ts$';
const CONTEXT = '^src/context\\.ts$';
const REDIS = '^src/redis\\.ts$';
const SESSION_STORE = '^src/server/session/(?:redis-)?store\\.ts$';
const SCALARS = '^src/scalars\\.ts$';
const OBSERVABILITY = '^src/observability/';
const GENERATED = '^src/generated/';
const UPSTREAM = '^src/upstream/';
const DOMAIN_KIT = '^src/domain-kit/';
const DOMAINS = '^src/domains/index\\.ts$';
const DOMAIN = '^src/domains/([^/]+)/';
const MODEL = '^src/domains/[^/]+/model\\.ts$';
const EMULATOR = '^src/emulator/';
/** Runs in the browser, bundled apart. */
const BROWSER = '^src/server/playground/app/';

/** A room's files may import each other, `values`, and of `types` only types: nothing else of src/. */
const rooms = {
  main: { path: '^src/main\\.ts$', values: [...OPEN, APP, CONFIG] },
  app: { path: APP, values: ['^src/(?!main\\.ts$|domains/[^/]+/|server/playground/app/)'] },
  config: { path: CONFIG, values: OPEN },
  context: { path: CONTEXT, values: [...OPEN, DOMAIN_KIT, DOMAINS], types: [UPSTREAM] },
  schema: { path: '^src/schema\\.ts$', values: [...OPEN, DOMAINS, SCALARS] },
  scalars: { path: SCALARS, values: OPEN },
  redis: { path: REDIS, values: OPEN },
  replicas: {
    path: '^src/replicas\\.ts$',
    values: [...OPEN, OBSERVABILITY, REDIS, SESSION_STORE, UPSTREAM],
  },
  errors: { path: ERRORS },
  lib: { path: LIB },
  observability: { path: OBSERVABILITY, values: OPEN, types: [CONFIG] },
  generated: { path: GENERATED, types: [CONTEXT, MODEL] },
  server: {
    path: '^src/server/(?!playground/app/)',
    values: [...OPEN, OBSERVABILITY, GENERATED, CONTEXT],
    types: [CONFIG, UPSTREAM],
  },
  browser: { path: BROWSER },
  domains: { path: DOMAINS, values: [...OPEN, DOMAIN_KIT, DOMAIN] },
  domain: { path: DOMAIN, values: [...OPEN, DOMAIN_KIT, GENERATED], types: [CONTEXT, UPSTREAM, MODEL] },
  'domain-kit': { path: DOMAIN_KIT, values: OPEN, types: [CONTEXT, GENERATED, UPSTREAM] },
  upstream: { path: UPSTREAM, values: [...OPEN, OBSERVABILITY], types: [CONFIG] },
  emulator: { path: EMULATOR, values: [LIB] },
};

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

function toRules([name, { path, values = [], types = [] }]) {
  // Within a room means within the same folder where the path names many.
  const free = [path.replace('([^/]+)', '$1'), ...values];
  const foreign = { path: '^src/', pathNot: [...free, ...types] };
  const valuesOfTypes = { path: types, pathNot: free, dependencyTypesNot: ['type-only'] };
  return [
    rule(`${name}-imports`, `${name} has no business with it`, { path }, foreign),
    ...(types.length > 0
      ? [rule(`${name}-types`, `${name} may name its types alone`, { path }, valuesOfTypes)]
      : []),
  ];
}

module.exports = {
  forbidden: [
    ...Object.entries(rooms).flatMap(toRules),
    rule(
      'no-room',
      'A file that belongs to no room escapes the rules above',
      { path: '^src/', pathNot: Object.values(rooms).map(({ path }) => path) },
      {},
    ),
    rule(
      'emulator-loaded-late',
      'In production the emulator is never loaded: a dynamic import, or types',
      { path: APP },
      { path: EMULATOR, dynamic: false, dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'tracing-loaded-late',
      'Who has no use for traces does not wait for them at the start: a dynamic import, or types',
      { path: '^src/' },
      { path: '^node_modules/@opentelemetry/', dynamic: false, dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'inside-src',
      'dist/ holds src/ alone',
      { path: '^src/' },
      { path: '^', pathNot: ['^src/', '^node_modules/'], dependencyTypesNot: ['core', 'unknown'] },
    ),
    rule(
      'got-in-client-alone',
      'One way out: timeouts, retries and redaction are set in upstream/client.ts',
      { path: '^src/', pathNot: '^src/upstream/client\\.ts$' },
      { path: '^node_modules/got/' },
    ),
    rule(
      'upstream-without-graphql',
      'Upstream knows REST alone',
      { path: UPSTREAM },
      { path: '^node_modules/(graphql|graphql-[^/]+|dataloader|@apollo|@graphql-tools)/' },
    ),
    rule(
      'no-dev-packages',
      'Production installs no development dependency; what the browser needs is bundled before',
      { path: '^src/', pathNot: BROWSER },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
    // Cycles of types are none at run time: Context is made of loaders whose resolvers name it.
    rule(
      'no-cycles',
      'Modules that need each other are one',
      { path: '^src/' },
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    rule(
      'no-orphans',
      'What imports nobody and is imported by nobody is dead',
      { path: '^src/', orphan: true },
      {},
    ),
    rule(
      'no-unresolved',
      'An import that leads nowhere slips through every other rule',
      { path: '^src/' },
      { couldNotResolve: true },
    ),
  ],
  options: {
    doNotFollow: { path: '^node_modules/' },
    tsPreCompilationDeps: true,
    // As Node resolves, and TypeScript where a package holds types alone.
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
