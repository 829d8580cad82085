import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { z } from 'zod';
import { Secret } from './lib/secret.js';

/** Every setting, read once from the environment. Nothing else in the project reads `process.env`. */
export type Config = Readonly<ReturnType<typeof toConfig>>;

/** All that is wrong with the environment, told at once. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.map((fault) => `Configuration: ${fault}`).join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

const integer = (fallback: number, min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be between ${String(min)} and ${String(max)}`)
    .default(fallback);
const optionalInteger = (min: number, max: number) => integer(0, min, max).unwrap().optional();
const flag = z
  .enum(['true', 'false'], 'must be true or false')
  .transform((value) => value === 'true')
  .optional();
const list = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  );
const secret = z
  .string()
  .transform((value) => new Secret(value))
  .optional();

const isHttpsOrLoopback = (url: URL) =>
  url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname));
const origin = (what: string) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && isHttpsOrLoopback(new URL(text)),
      'must be an https URL, or http on loopback',
    )
    .refine((text) => {
      if (!URL.canParse(text)) return true; // told above
      const { pathname, search, hash, username, password } = new URL(text);
      return pathname === '/' && search + hash + username + password === '';
    }, `must be ${what} alone, without a path, a query or credentials`)
    .transform((text) => new URL(text).origin)
    .optional();
const isOrigin = (text: string) =>
  /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
const cidr = (text: string) => {
  const [address = '', bits, ...rest] = text.split('/');
  const size = { 4: 32, 6: 128 }[isIP(address)];
  return (
    size !== undefined &&
    rest.length === 0 &&
    (bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= size))
  );
};

const environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: integer(4000, 0, 65535),
  NODE_ENV: z.string().optional(),

  RINGCENTRAL_SERVER_URL: origin('a server'),
  // Upstream documents 30 to 50 for resources that name a limit and none for ours (its guide, "Batch requests").
  BATCH_MAX_IDS: integer(30, 1, 1000),
  BATCH_WINDOW_MS: integer(5, 0, 10),
  UPSTREAM_TIMEOUT_MS: integer(10_000, 1, 600_000),
  UPSTREAM_MAX_CONCURRENCY: integer(64, 1, 10_000),
  CACHE_TTL_MS: integer(0, 0, 86_400_000),
  RATE_LIMIT_MAX_WAIT_MS: integer(0, 0, 600_000),
  REDIS_URL: z
    .string()
    .refine((text) => /^rediss?:/.test(text) && URL.canParse(text), 'must be a redis:// or rediss:// URL')
    .transform((value) => new Secret(value))
    .optional(),
  CALLER_KEY: z
    .string()
    .min(16, 'must be at least 16 characters')
    .transform((value) => new Secret(value))
    .optional(),

  PLAYGROUND: flag,
  INTROSPECTION: flag,
  UPSTREAM_STATS: flag,
  CORS_ORIGINS: list.refine(
    (origins) => origins.every(isOrigin),
    'must be exact origins, such as https://app.example.com',
  ),
  PERSISTED_DOCUMENTS: z.string().min(1).optional(),
  PERSISTED_DOCUMENTS_MODE: z.enum(['off', 'log', 'enforce'], 'must be off, log or enforce').default('off'),
  COMPILE_OPERATIONS: flag,
  MAX_DEPTH: integer(12, 1, 1000),
  MAX_ALIASES: integer(500, 1, 100_000),
  MAX_TOKENS: integer(7000, 1, 1_000_000),
  MAX_COST: integer(120_000, 1, 100_000_000),
  MAX_BODY_BYTES: integer(262_144, 1, 104_857_600),
  MAX_IDS: integer(1000, 1, 100_000),

  RINGCENTRAL_CLIENT_ID: z.string().min(1).optional(),
  RINGCENTRAL_CLIENT_SECRET: secret,
  PUBLIC_URL: origin('an origin'),
  SESSION_SECRET: z
    .string()
    .refine(
      (text) => text.split(',').every((part) => part.trim().length >= 32),
      'must be secrets of at least 32 characters each, comma-separated',
    )
    .transform((text) => text.split(',').map((part) => new Secret(part.trim())))
    .optional(),
  SESSION_IDLE_SECONDS: integer(3600, 1, 2_592_000),
  SESSION_MAX_SECONDS: integer(43_200, 1, 2_592_000),

  TRUST_PROXY: list.refine(
    (ranges) => ranges.every(cidr),
    'must be addresses or CIDR ranges, comma-separated',
  ),
  INBOUND_RATE_PER_MINUTE: integer(6000, 0, 10_000_000),
  REQUEST_TIMEOUT_MS: integer(30_000, 1, 600_000),
  METRICS_PORT: optionalInteger(0, 65535),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  SHUTDOWN_GRACE_MS: integer(10_000, 0, 600_000),

  // OpenTelemetry reads these and its others itself; here they say whether it is loaded, and what would go nowhere.
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none'], 'must be otlp or none').optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: z.string().optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.literal('http/protobuf', 'must be http/protobuf').optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.literal('http/protobuf', 'must be http/protobuf').optional(),
});

type Environment = z.output<typeof environment>;

const SESSION_VARIABLES = [
  'RINGCENTRAL_CLIENT_ID',
  'RINGCENTRAL_CLIENT_SECRET',
  'PUBLIC_URL',
  'SESSION_SECRET',
] as const;

/** Faults that concern more than one variable; from the raw text, so that they are told beside those of single ones. */
function crossFaults(given: Readonly<Record<string, string>>): string[] {
  const has = (name: string) => given[name] !== undefined;
  const faults: string[] = [];
  if (given['NODE_ENV'] === 'production' && !has('RINGCENTRAL_SERVER_URL')) {
    faults.push(
      'RINGCENTRAL_SERVER_URL must be set in production, for example https://platform.ringcentral.com',
    );
  }
  if (has('REDIS_URL') && !has('CALLER_KEY')) {
    faults.push('CALLER_KEY must be set with REDIS_URL, the same on all replicas');
  }
  const missing = SESSION_VARIABLES.filter((name) => !has(name));
  if (missing.length > 0 && missing.length < SESSION_VARIABLES.length) {
    faults.push(
      `${missing.join(', ')} must be set too: browser sessions need all of ${SESSION_VARIABLES.join(', ')}`,
    );
  }
  if (['log', 'enforce'].includes(given['PERSISTED_DOCUMENTS_MODE'] ?? '') && !has('PERSISTED_DOCUMENTS')) {
    faults.push('PERSISTED_DOCUMENTS must name the manifest when PERSISTED_DOCUMENTS_MODE is not off');
  }
  const seconds = (name: 'SESSION_IDLE_SECONDS' | 'SESSION_MAX_SECONDS') =>
    environment.shape[name].safeParse(given[name]).data;
  if ((seconds('SESSION_IDLE_SECONDS') ?? 0) > (seconds('SESSION_MAX_SECONDS') ?? Infinity)) {
    faults.push('SESSION_IDLE_SECONDS must not be above SESSION_MAX_SECONDS');
  }
  return faults;
}

function toConfig(env: Environment) {
  const production = env.NODE_ENV === 'production';
  return {
    host: env.HOST,
    port: env.PORT,
    production,
    upstream: {
      /** Undefined: the embedded emulator. */
      serverUrl: env.RINGCENTRAL_SERVER_URL,
      batchMaxIds: env.BATCH_MAX_IDS,
      batchWindowMs: env.BATCH_WINDOW_MS,
      timeoutMs: env.UPSTREAM_TIMEOUT_MS,
      maxConcurrency: env.UPSTREAM_MAX_CONCURRENCY,
      cacheTtlMs: env.CACHE_TTL_MS,
      rateLimitMaxWaitMs: env.RATE_LIMIT_MAX_WAIT_MS,
    },
    redisUrl: env.REDIS_URL,
    callerKey: env.CALLER_KEY,
    playground: env.PLAYGROUND ?? !production,
    introspection: env.INTROSPECTION ?? !production,
    upstreamStats: env.UPSTREAM_STATS ?? !production,
    corsOrigins: env.CORS_ORIGINS,
    persistedDocuments: { file: env.PERSISTED_DOCUMENTS, mode: env.PERSISTED_DOCUMENTS_MODE },
    compileOperations: env.COMPILE_OPERATIONS ?? true,
    limits: {
      depth: env.MAX_DEPTH,
      aliases: env.MAX_ALIASES,
      tokens: env.MAX_TOKENS,
      cost: env.MAX_COST,
      bodyBytes: env.MAX_BODY_BYTES,
      ids: env.MAX_IDS,
    },
    session:
      env.RINGCENTRAL_CLIENT_ID !== undefined &&
      env.RINGCENTRAL_CLIENT_SECRET !== undefined &&
      env.PUBLIC_URL !== undefined &&
      env.SESSION_SECRET !== undefined
        ? {
            clientId: env.RINGCENTRAL_CLIENT_ID,
            clientSecret: env.RINGCENTRAL_CLIENT_SECRET,
            publicUrl: env.PUBLIC_URL,
            secrets: env.SESSION_SECRET,
            idleSeconds: env.SESSION_IDLE_SECONDS,
            maxSeconds: env.SESSION_MAX_SECONDS,
          }
        : undefined,
    trustProxy: env.TRUST_PROXY,
    inboundRatePerMinute: env.INBOUND_RATE_PER_MINUTE,
    requestTimeoutMs: env.REQUEST_TIMEOUT_MS,
    metricsPort: env.METRICS_PORT,
    logLevel: env.LOG_LEVEL,
    shutdownGraceMs: env.SHUTDOWN_GRACE_MS,
    tracing:
      env.OTEL_SDK_DISABLED?.toLowerCase() !== 'true' &&
      env.OTEL_TRACES_EXPORTER !== 'none' &&
      (env.OTEL_TRACES_EXPORTER ??
        env.OTEL_EXPORTER_OTLP_ENDPOINT ??
        env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) !== undefined,
  };
}

/** What is wrong with the manifest of trusted documents, each fault with the name of its variable. */
export type FindManifestFaults = (file: string) => readonly string[];

/**
 * Reads the settings from an environment.
 * @param findManifestFaults told beside the faults of the variables; the manifest is checked against the schema
 * @throws ConfigError naming every fault. A fault names its variable, never the value.
 */
export function parseConfig(
  env: Readonly<Record<string, string | undefined>>,
  findManifestFaults: FindManifestFaults = () => [],
): Config {
  // An empty variable counts as unset, which is what compose files and shells mean by it.
  const given: Record<string, string> = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && value !== '') given[name] = value;
  const parsed = environment.safeParse(given);
  const faults = parsed.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];
  faults.push(...crossFaults(given));
  const { PERSISTED_DOCUMENTS: file, PERSISTED_DOCUMENTS_MODE: mode } = given;
  if (file !== undefined && (mode === 'log' || mode === 'enforce')) faults.push(...findManifestFaults(file));
  if (!parsed.success || faults.length > 0) throw new ConfigError(faults);
  return Object.freeze(toConfig(parsed.data));
}

/** The settings of this process. */
export const readConfig = (findManifestFaults: FindManifestFaults): Config =>
  parseConfig(process.env, findManifestFaults);

/** The version in package.json: what the User-Agent and the logs say. */
export const VERSION = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
