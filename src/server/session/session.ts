import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Config } from '../../config.js';
import type { Clock } from '../../lib/clock.js';
import type { Credential } from '../../upstream/credential.js';
import { GatewayError, type ErrorCode } from '../../errors.js';
import { toSessionCaller } from '../caller-key.js';
import type { ClientOf } from '../client-address.js';
import type { InboundRate } from '../inbound-rate.js';
import { createAuthRoutes } from './auth-routes.js';
import { parseCookies } from './cookies.js';
import { assertSameOrigin, isSameOrigin } from './guard.js';
import { createKeyRing } from './key-ring.js';
import { createLoginTransactions } from './login-transaction.js';
import { createOAuthClient } from './oauth-client.js';
import { createRefresher } from './refresher.js';
import { createSessionCredential } from './session-credential.js';
import { createSessionVault } from './session-vault.js';
import type { SessionStore } from './store.js';
import { createTokenPenalty } from './token-penalty.js';

/** Browser sessions: the tokens stay here, the browser holds a cookie that no script reads. */
export interface Sessions {
  /** Registers GET /auth/login, GET /auth/callback, POST /auth/logout and GET /auth/session. */
  register(app: FastifyInstance): void;
  /**
   * The caller that the session of the request's cookie stands for, alive or not; undefined without one, and where the
   * request does not show that it comes from our own origin. The store is not asked.
   */
  callerOf(request: FastifyRequest): string | undefined;
  /**
   * The credential of the session whose cookie the request carries; undefined without one that is alive. Not to be
   * asked where a bearer token came.
   * @throws GatewayError FORBIDDEN when the request does not show that it comes from our own origin,
   * UPSTREAM_UNAVAILABLE when the store cannot be reached.
   */
  credential(request: FastifyRequest): Promise<Credential | undefined>;
  /** Resolves when the refreshes under way are stored. */
  stop(): Promise<void>;
}

/** Something to count and to log; nothing of whose session it is. */
export interface SessionEvent {
  readonly action: 'login' | 'logout' | 'refresh' | 'revoke' | 'guard';
  readonly outcome: 'OK' | ErrorCode;
}

export interface SessionsOptions {
  readonly config: NonNullable<Config['session']>;
  /** RingCentral's, or the emulator's. */
  readonly serverUrl: string;
  readonly callerKey: Buffer;
  readonly store: SessionStore;
  readonly clock: Clock;
  readonly userAgent: string;
  /** UPSTREAM_TIMEOUT_MS: a refresh may take so long, its repetition included. */
  readonly timeoutMs: number;
  readonly onEvent: (event: SessionEvent) => void;
  /** The addresses that count as one client. */
  readonly clientOf: ClientOf;
  /** Counts the codes that are sent to RingCentral, by client. */
  readonly loginRate: InboundRate;
  /** The session of this caller is over. */
  readonly onLogout: (caller: string) => void;
}

export function createSessions(options: SessionsOptions): Sessions {
  const { config, store, clock, callerKey } = options;
  const { publicUrl } = config;
  const secure = publicUrl.startsWith('https:');
  // The prefix makes browsers refuse the cookie from a sibling domain or an insecure page; it needs https.
  const prefix = secure ? '__Host-' : '';
  const cookie = { name: `${prefix}switchboard-session`, secure };
  const oauth = createOAuthClient({
    serverUrl: options.serverUrl,
    clientId: config.clientId,
    clientSecret: config.clientSecret,
    redirectUri: `${publicUrl}/auth/callback`,
    userAgent: options.userAgent,
    // A request whose answer is lost is sent once more.
    timeoutMs: options.timeoutMs / 2,
    clock,
  });
  const vault = createSessionVault({
    store,
    keyRing: createKeyRing(config.secrets, 'session'),
    idleMs: config.idleSeconds * 1000,
    maxMs: config.maxSeconds * 1000,
    clock,
  });
  const transactions = createLoginTransactions({
    keyRing: createKeyRing(config.secrets, 'login'),
    namePrefix: `${prefix}switchboard-login-`,
    secure,
    clock,
  });
  const report = (action: SessionEvent['action'], failure?: unknown) => {
    options.onEvent({ action, outcome: toOutcome(failure) });
  };
  const penalty = createTokenPenalty(store);
  const refresher = createRefresher({
    vault,
    store,
    oauth,
    penalty,
    clock,
    timeoutMs: options.timeoutMs,
    onRefresh: (failure) => {
      report('refresh', failure);
    },
  });

  /** The id in the session's cookie; undefined without one that could be an id. */
  function readSessionId({ headers }: FastifyRequest): string | undefined {
    const cookies = parseCookies(headers.cookie);
    if (!cookies.has(cookie.name)) return undefined;
    try {
      assertSameOrigin(headers, publicUrl);
    } catch (error) {
      report('guard', error);
      throw error;
    }
    return cookies.get(cookie.name);
  }

  const routes = createAuthRoutes({
    publicUrl,
    cookie,
    transactions,
    oauth,
    vault,
    store,
    penalty,
    clientOf: options.clientOf,
    loginRate: options.loginRate,
    readSessionId,
    report,
    onLogout: (id) => {
      options.onLogout(toSessionCaller(callerKey, id));
    },
  });
  return {
    register(app) {
      app.register(routes);
    },
    callerOf({ headers }) {
      if (headers.cookie === undefined || !isSameOrigin(headers, publicUrl)) return undefined;
      const id = parseCookies(headers.cookie).get(cookie.name);
      return id === undefined ? undefined : toSessionCaller(callerKey, id);
    },
    async credential(request) {
      const id = readSessionId(request);
      const session = id === undefined ? undefined : await vault.use(id);
      if (session === undefined) return undefined;
      return createSessionCredential({
        session,
        caller: toSessionCaller(callerKey, session.id),
        refresher,
        clock,
      });
    },
    stop: () => refresher.settle(),
  };
}

function toOutcome(failure: unknown): SessionEvent['outcome'] {
  if (failure === undefined) return 'OK';
  return failure instanceof GatewayError ? failure.code : 'INTERNAL_SERVER_ERROR';
}
