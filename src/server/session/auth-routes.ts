import { createHash, randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import { randomPKCECodeVerifier, randomState } from 'openid-client';
import { BadUserInputError, GatewayError } from '../../errors.js';
import type { ClientOf } from '../client-address.js';
import type { InboundRate } from '../inbound-rate.js';
import { sendAuthError } from './auth-error.js';
import { parseCookies, toSetCookie } from './cookies.js';
import { LOGIN_SECONDS, type LoginTransactions } from './login-transaction.js';
import type { OAuthClient } from './oauth-client.js';
import { parseReturnTo } from './return-to.js';
import type { SessionVault } from './session-vault.js';
import type { SessionStore } from './store.js';
import type { TokenPenalty } from './token-penalty.js';
import type { Tokens } from './tokens.js';

export interface AuthRoutesOptions {
  readonly publicUrl: string;
  readonly cookie: { readonly name: string; readonly secure: boolean };
  readonly transactions: LoginTransactions;
  readonly oauth: OAuthClient;
  readonly vault: SessionVault;
  readonly store: SessionStore;
  readonly penalty: TokenPenalty;
  /** @throws GatewayError FORBIDDEN when a cookie came without what shows our own origin */
  readonly readSessionId: (request: FastifyRequest) => string | undefined;
  /** The addresses that count as one client. */
  readonly clientOf: ClientOf;
  /** Codes sent to RingCentral, by client. */
  readonly loginRate: InboundRate;
  /** Nobody may use the session of this id any more. */
  readonly onLogout: (id: string) => void;
  readonly report: (action: 'login' | 'logout' | 'revoke', failure?: unknown) => void;
}

/** The routes under /auth, as a fastify plugin with its own headers and error answers. */
export function createAuthRoutes(options: AuthRoutesOptions): (app: FastifyInstance) => Promise<void> {
  const {
    publicUrl,
    cookie,
    transactions,
    oauth,
    vault,
    store,
    penalty,
    clientOf,
    readSessionId,
    onLogout,
    report,
  } = options;
  const toSessionCookie = (value: string, maxAgeSeconds?: number) =>
    toSetCookie(cookie.name, value, {
      secure: cookie.secure,
      sameSite: 'Strict',
      ...(maxAgeSeconds !== undefined && { maxAgeSeconds }),
    });

  /** Never repeated, and its failure changes nothing: for us the login is over. */
  async function revoke(tokens: Tokens): Promise<void> {
    try {
      await penalty.run(tokens, () => oauth.revoke(tokens));
      report('revoke');
    } catch (error) {
      report('revoke', error);
    }
  }

  function admitLogin(client: string): void {
    const { allowed, retryAfterSeconds } = options.loginRate.check({ address: client });
    if (allowed) return;
    throw new GatewayError('Too many logins.', {
      code: 'LIMIT_EXCEEDED',
      limit: 'LOGINS_PER_MINUTE',
      retryAfterSeconds,
    });
  }

  async function login(request: FastifyRequest, reply: FastifyReply) {
    const { returnTo } = request.query as Record<string, unknown>;
    const transaction = {
      state: randomState(),
      verifier: randomPKCECodeVerifier(),
      returnTo: parseReturnTo(returnTo, publicUrl),
    };
    reply.header('set-cookie', transactions.begin(transaction, parseCookies(request.headers.cookie)));
    return reply.redirect(await oauth.authorizationUrl(transaction), 302);
  }

  async function callback(request: FastifyRequest, reply: FastifyReply) {
    const { state, code } = request.query as Record<string, unknown>;
    const cookies = parseCookies(request.headers.cookie);
    const transaction = typeof state === 'string' ? transactions.find(state, cookies) : undefined;
    if (typeof state !== 'string' || transaction === undefined) throw unknownLogin();
    reply.header('set-cookie', transactions.drop(state, cookies));
    // Deleting the cookie stops an honest browser; the lock, never given back, stops whoever kept a copy.
    const name = createHash('sha256').update(state).digest('base64url');
    const token = randomBytes(16).toString('base64url');
    if (!(await store.lock(name, token, LOGIN_SECONDS * 1000))) throw unknownLogin();
    if (typeof code !== 'string' || code === '') {
      throw new GatewayError('RingCentral did not log you in.', { code: 'FORBIDDEN' });
    }
    const client = clientOf(request);
    admitLogin(client);
    const tokens = await penalty.run({ client }, () => oauth.exchange(code, transaction.verifier));
    let id: string;
    try {
      id = await vault.create(tokens);
    } catch (error) {
      await revoke(tokens);
      throw error;
    }
    reply.header('set-cookie', toSessionCookie(id));
    return reply.redirect(transaction.returnTo, 302);
  }

  async function logout(request: FastifyRequest, reply: FastifyReply) {
    const id = readSessionId(request);
    if (id === undefined) return reply.code(204).send();
    const session = await vault.find(id);
    await vault.remove(id);
    onLogout(id);
    if (session !== undefined) {
      await revoke(session.tokens);
      report('logout');
    }
    // Only after the guard: otherwise any site could take the cookie away.
    reply.header('set-cookie', toSessionCookie('', 0));
    return reply.code(204).send();
  }

  async function session(request: FastifyRequest) {
    const id = readSessionId(request);
    const found = id === undefined ? undefined : await vault.find(id);
    if (found === undefined) return { loggedIn: false };
    return {
      loggedIn: true,
      extensionId: found.tokens.extensionId,
      secondsLeft: Math.floor(found.expiresInMs / 1000),
    };
  }

  return (app) => {
    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('cache-control', 'no-store');
      done();
    });
    app.setErrorHandler(sendAuthError);
    // A HEAD would begin or end a login without showing it.
    const readOnly = { exposeHeadRoute: false };
    const anonymous: RouteShorthandOptions = { ...readOnly, config: { countedFor: 'address' } };
    app.get('/auth/login', anonymous, login);
    app.get('/auth/callback', anonymous, async (request, reply) => {
      const answer = await callback(request, reply).catch((error: unknown) => {
        report('login', error);
        throw error;
      });
      report('login');
      return answer;
    });
    app.post('/auth/logout', logout);
    app.get('/auth/session', readOnly, session);
    return Promise.resolve();
  };
}

const unknownLogin = () =>
  new BadUserInputError(
    'This login was not begun in this browser, was used already or took too long: begin again.',
  );
