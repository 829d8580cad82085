import { pino } from 'pino';
import { startApp, type App, type AppOverrides } from '../../src/app.js';
import { parseConfig } from '../../src/config.js';
import { startEmulator, type Emulator, type EmulatorOptions } from '../../src/emulator/emulator.js';
import { EAGER } from './jit-runner.js';

export interface GraphqlAnswer {
  readonly status: number;
  /** Its shape is what each test asserts. */
  readonly data: any;
  readonly errors: readonly GraphqlFailure[];
  readonly upstream: Readonly<
    Record<'calls' | 'ids' | 'coalesced' | 'cacheHits' | 'stale' | 'msWaited', number>
  >;
}

const NOTHING = { calls: 0, ids: 0, coalesced: 0, cacheHits: 0, stale: 0, msWaited: 0 };

export interface GraphqlFailure {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

export interface TestGateway {
  readonly url: string;
  readonly app: App;
  readonly emulator: Emulator;
  /** What the gateway logged, a line each. */
  readonly logs: readonly string[];
  query(query: string, options?: QueryOptions): Promise<GraphqlAnswer>;
  /** "METHOD /path?query" of each call that arrived upstream, in order. */
  calls(): string[];
  stop(): Promise<void>;
}

export interface QueryOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Null: no credential. */
  readonly token?: string | null;
  readonly signal?: AbortSignal;
}

/** `npm run test:compiled` runs the same tests with every query compiled at its first use. */
const COMPILED = process.env['TEST_COMPILED'] === 'true';

/** A whole gateway over an emulator of its own, both on real sockets. */
export async function startGateway(
  env: Readonly<Record<string, string>> = {},
  options: { readonly emulator?: EmulatorOptions; readonly overrides?: AppOverrides } = {},
): Promise<TestGateway> {
  const emulator = await startEmulator(options.emulator);
  const logs: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => logs.push(line) });
  const config = parseConfig({
    PORT: '0',
    BATCH_WINDOW_MS: '0',
    RINGCENTRAL_SERVER_URL: emulator.url,
    ...env,
  });
  const app = await startApp(config, { log, ...(COMPILED && { compilation: EAGER }), ...options.overrides });
  return {
    url: app.url,
    app,
    emulator,
    logs,
    async query(query, { variables, token = emulator.demoToken, signal } = {}) {
      const response = await fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ query, variables }),
        ...(signal && { signal }),
      });
      const body = (await response.json()) as {
        data?: unknown;
        errors?: GraphqlFailure[];
        extensions?: { upstream: GraphqlAnswer['upstream'] };
      };
      return {
        status: response.status,
        data: body.data,
        errors: body.errors ?? [],
        upstream: body.extensions?.upstream ?? NOTHING,
      };
    },
    calls: () =>
      emulator.journal.map(
        ({ method, path, query }) => `${method} ${path}${query === '' ? '' : `?${query}`}`,
      ),
    async stop() {
      await app.stop();
      await emulator.stop();
    },
  };
}
