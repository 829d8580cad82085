import { randomBytes } from 'node:crypto';
import { GatewayError, UnauthenticatedError } from '../../errors.js';
import type { Clock } from '../../lib/clock.js';
import { getOrAdd } from '../../lib/get-or-add.js';
import { InvalidGrantError, type OAuthClient } from './oauth-client.js';
import { toSessionKey, type Session, type SessionVault } from './session-vault.js';
import type { SessionStore } from './store.js';
import { LostAnswerError } from './token-fetch.js';
import type { TokenPenalty } from './token-penalty.js';
import type { Tokens } from './tokens.js';

/** Renews the tokens of sessions: one token request for a session at a time, over all replicas. */
export interface Refresher {
  /**
   * Tokens newer than the access token `stale`: those that are stored already, else fetched now.
   * @throws UnauthenticatedError when the session is over. Any other error (RateLimitedError, UPSTREAM_UNAVAILABLE,
   * UPSTREAM_TIMEOUT, UPSTREAM_INVALID_RESPONSE) leaves it as it is.
   */
  refresh(id: string, stale: string): Promise<Tokens>;
  /** Resolves when nothing is under way any more. */
  settle(): Promise<void>;
}

export interface RefresherOptions {
  readonly vault: SessionVault;
  readonly store: SessionStore;
  readonly oauth: OAuthClient;
  readonly penalty: TokenPenalty;
  readonly clock: Clock;
  /** How long a refresh may take, its repetition included, and how long one waits for another replica's. */
  readonly timeoutMs: number;
  readonly onRefresh: (failure?: unknown) => void;
}

/** How often a replica looks whether another one is done: a token request takes some 100 ms. */
const POLL_MS = 50;
/** A lock outlives the longest token request by this, for what is read and written around it. */
const LEASE_MARGIN_MS = 5000;

export function createRefresher(options: RefresherOptions): Refresher {
  const { vault, store, oauth, penalty, clock, timeoutMs } = options;
  const underWay = new Map<string, Promise<Tokens>>();

  async function find(id: string): Promise<Session> {
    const session = await vault.find(id);
    if (session === undefined) throw new UnauthenticatedError('The session is over: log in again.');
    return session;
  }

  async function refreshInTurn(id: string, stale: string): Promise<Tokens> {
    const name = toSessionKey(id);
    const token = randomBytes(16).toString('base64url');
    const giveUpAt = clock.now() + timeoutMs;
    const leaseMs = timeoutMs + LEASE_MARGIN_MS;
    for (;;) {
      const leaseEndsAt = clock.now() + leaseMs;
      if (await store.lock(name, token, leaseMs)) {
        try {
          const tokens = await refreshAlone(id, stale, leaseEndsAt);
          if (tokens !== undefined) return tokens;
        } finally {
          // Where this fails the lease ends it.
          await store.unlock(name, token).catch(() => undefined);
        }
      }
      const { tokens } = await find(id);
      if (tokens.accessToken !== stale) return tokens;
      if (clock.now() >= giveUpAt) {
        throw new GatewayError('The session is being renewed elsewhere.', { code: 'UPSTREAM_TIMEOUT' });
      }
      await new Promise<void>((resolve) => clock.after(POLL_MS, resolve));
    }
  }

  /**
   * Under the lock, which guards against waste alone: that nothing is lost without it rests on `version`. Undefined
   * when the lease ended meanwhile.
   */
  async function refreshAlone(id: string, stale: string, leaseEndsAt: number): Promise<Tokens | undefined> {
    const session = await find(id);
    if (session.tokens.accessToken !== stale) return session.tokens;
    if (clock.now() >= leaseEndsAt) return undefined;
    let tokens: Tokens;
    try {
      tokens = await penalty.run(session.tokens, () => requestTokens(session.tokens));
      options.onRefresh();
    } catch (error) {
      options.onRefresh(error);
      if (error instanceof InvalidGrantError) return end(session, error);
      throw error;
    }
    return save(session, tokens);
  }

  /** RingCentral answers the same refresh token with the same pair for a while: a lost answer can be asked for again. */
  async function requestTokens(tokens: Tokens): Promise<Tokens> {
    try {
      return await oauth.refresh(tokens);
    } catch (error) {
      if (error instanceof LostAnswerError) return oauth.refresh(tokens);
      throw error;
    }
  }

  /**
   * New tokens are used only once they are stored: until then the old refresh token still gets them, and a write that
   * fails costs no more than a repetition.
   */
  async function save(from: Session, tokens: Tokens): Promise<Tokens> {
    if (await vault.replace(from, tokens)) return tokens;
    const session = await vault.find(from.id);
    if (session !== undefined) return isSame(session, from) ? save(session, tokens) : session.tokens;
    // Logged out meanwhile, perhaps before RingCentral knew of these: nobody is to have them.
    if ((await store.get(from.key)) === undefined)
      await penalty.run(tokens, () => oauth.revoke(tokens)).catch(() => undefined);
    throw new UnauthenticatedError('The session is over: log in again.');
  }

  /** Unless another holder has renewed it: then it was only our refresh token that was too old. */
  async function end(from: Session, reason: InvalidGrantError): Promise<Tokens> {
    if (await vault.removeUnchanged(from)) throw reason;
    const session = await find(from.id);
    return isSame(session, from) ? end(session, reason) : session.tokens;
  }

  return {
    refresh(id, stale) {
      // Who was refused the newer token is not helped by who still has the older one renewed.
      const key = `${id} ${stale}`;
      return getOrAdd(underWay, key, () => refreshInTurn(id, stale).finally(() => underWay.delete(key)));
    },
    async settle() {
      await Promise.allSettled(underWay.values());
    },
  };
}

/** The same tokens in another version: only the encryption was renewed. */
const isSame = (session: Session, other: Session): boolean =>
  session.tokens.accessToken === other.tokens.accessToken;
