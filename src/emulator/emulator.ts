import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from '../lib/clock.js';
import { exchange } from './exchange.js';
import type { FaultOrder } from './faults.js';
import { Journal, type JournalEntry } from './journal.js';
import type { Variant } from './multi-status.js';
import type { RateLimitOptions } from './rate-limits.js';
import { TOKENS, type SeedSizes } from './seed.js';
import { createWorld, type OAuthSettings } from './world.js';

export type { FaultOrder } from './faults.js';
export type { JournalEntry } from './journal.js';

export interface EmulatorOptions {
  readonly host?: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly clock?: Clock;
  /** Ids in one batch request; 30 unless said. */
  readonly batchLimit?: number;
  /** RingCentral's own defaults unless said. */
  readonly limits?: RateLimitOptions;
  readonly variant?: Partial<Variant>;
  readonly seed?: Partial<SeedSizes>;
  readonly oauth?: Partial<OAuthSettings>;
  /** Calls that are remembered; the oldest are forgotten. 10,000 unless said. */
  readonly journalLimit?: number;
  /**
   * Takes tokens that are made up, each a user of its own with limits of its own. They see the demo extension with
   * their marker in every label and name, and what they write is shown to them alone.
   */
  readonly syntheticTokens?: (token: string) => { readonly marker: string } | undefined;
}

/** A RingCentral to develop and test against, on a socket of its own. */
export interface Emulator {
  /** For example http://127.0.0.1:4010. */
  readonly url: string;
  readonly demoToken: string;
  readonly tokens: typeof TOKENS;
  /** The app that may ask for logins. */
  readonly client: { readonly id: string; readonly secret: string };
  readonly journal: readonly JournalEntry[];
  clearJournal(): void;
  /** Resolves when so many calls have arrived since the journal was last cleared. */
  arrived(count: number): Promise<void>;
  /** What the next calls to an address meet; `POST /emulator/faults` takes the same as JSON (control.ts). */
  fault(order: FaultOrder): void;
  /** How 207s are written from now on. */
  setVariant(variant: Partial<Variant>): void;
  /** Every authorization code and token given out since the start or the last reset. */
  issuedSecrets(): readonly string[];
  /** Ends all logins without a word to anybody. */
  endLogins(): void;
  /** State, logins, journal, faults, limits and variant as at the start. */
  reset(): void;
  stop(): Promise<void>;
}

const DEMO_CLIENT = { id: 'switchboard-demo', secret: 'demo-client-secret' } as const;

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { clock = systemClock, host = '127.0.0.1' } = options;
  const settings = {
    clock,
    batchLimit: options.batchLimit ?? 30,
    limits: options.limits ?? {},
    variant: options.variant ?? {},
    seed: options.seed ?? {},
    oauth: { clientId: DEMO_CLIENT.id, clientSecret: DEMO_CLIENT.secret, ...options.oauth },
    syntheticTokens: options.syntheticTokens,
  };
  const journal = new Journal(options.journalLimit ?? 10_000);
  let world = createWorld(settings);

  const server = createServer((request, response) => {
    exchange(request, response, { clock, journal, world: () => world }).catch(() => {
      response.destroy();
    });
  });
  // Longer than clients keep theirs, so that it is never we who close a connection that is about to be used.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    demoToken: TOKENS.user,
    tokens: TOKENS,
    client: { id: settings.oauth.clientId, secret: settings.oauth.clientSecret },
    journal: journal.entries,
    clearJournal() {
      journal.clear();
    },
    arrived: (count) => journal.arrived(count),
    fault(order) {
      world.faults.add(order);
    },
    setVariant(changes) {
      world.variant = { ...world.variant, ...changes };
    },
    issuedSecrets: () => world.logins.secrets,
    endLogins() {
      world.logins.revokeAll();
    },
    reset() {
      world = createWorld(settings);
      journal.clear();
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}
