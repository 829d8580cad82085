import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { GatewayError } from '../../errors.js';
import type { Clock } from '../../lib/clock.js';
import type { KeyRing } from './key-ring.js';
import type { SessionStore } from './store.js';
import type { Tokens } from './tokens.js';

/** A live session with its tokens in the clear. */
export interface Session {
  /** What the cookie holds. */
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly tokens: Tokens;
  readonly expiresInMs: number;
}

/** Sessions as the rest sees them: encrypted on their way into the store, decrypted on their way out. */
export interface SessionVault {
  /** A new session under a new random id. */
  create(tokens: Tokens): Promise<Session['id']>;
  /**
   * The session of this id; undefined where it is over, is not one, or was tampered with.
   * @throws GatewayError UPSTREAM_UNAVAILABLE where the store cannot be reached, and for a session under a secret that
   * this process does not have: another replica may have it.
   */
  find(id: string): Promise<Session | undefined>;
  /** Like `find`, and a use that begins the idle time anew. */
  use(id: string): Promise<Session | undefined>;
  /** Replaces the tokens, unless something was written meanwhile or the session is gone: then false. */
  replace(session: Session, tokens: Tokens): Promise<boolean>;
  /** Ends it, unless something was written meanwhile: then false. */
  removeUnchanged(session: Session): Promise<boolean>;
  /** Ends the session of this id, whatever was written, readable or not. */
  remove(id: string): Promise<void>;
}

/** What the store is allowed to know of a session's id. */
export const toSessionKey = (id: string): string => createHash('sha256').update(id).digest('base64url');

const ID_BYTES = 32;
const ID = /^[\w-]{43}$/;

const sealedTokens = z.object({
  accessToken: z.string(),
  expiresAt: z.number(),
  renewAt: z.number(),
  refreshToken: z.string().optional(),
  extensionId: z.string().optional(),
});

export function createSessionVault(options: {
  store: SessionStore;
  keyRing: KeyRing;
  idleMs: number;
  maxMs: number;
  clock: Clock;
}): SessionVault {
  const { store, keyRing, idleMs, maxMs, clock } = options;
  // The id as associated data: a record that is put in another's place does not open.
  const seal = (id: string, tokens: Tokens) => keyRing.seal(JSON.stringify(tokens), id);
  const replace: SessionVault['replace'] = ({ id, key, version }, tokens) =>
    store.compareAndSet(key, version, seal(id, tokens));

  async function load(id: string, touchMs: number | undefined): Promise<Session | undefined> {
    if (!ID.test(id)) return undefined;
    const key = toSessionKey(id);
    const stored = await store.get(key, touchMs);
    if (stored === undefined) return undefined;
    const opened = keyRing.open(stored.value, id);
    if (opened === undefined) {
      if (keyRing.hasKeyOf(stored.value)) return undefined;
      throw new GatewayError('The session cannot be read here.', { code: 'UPSTREAM_UNAVAILABLE' });
    }
    const { success, data: tokens } = sealedTokens.safeParse(JSON.parse(opened.plaintext));
    if (!success) return undefined;
    const { version, expiresInMs } = stored;
    const session = { id, key, version, tokens, expiresInMs };
    // Brought under the first secret while the old one is still there to read it. Who loses a race leaves it to the next.
    if (!opened.current && (await replace(session, session.tokens)))
      return { ...session, version: version + 1 };
    return session;
  }

  return {
    async create(tokens) {
      const id = randomBytes(ID_BYTES).toString('base64url');
      const lastsMs = tokens.refreshToken === undefined ? Math.floor(tokens.expiresAt - clock.now()) : maxMs;
      const lifetimes = { idleMs, maxMs: Math.max(1, Math.min(maxMs, lastsMs)) };
      await store.create(toSessionKey(id), seal(id, tokens), lifetimes);
      return id;
    },
    find: (id) => load(id, undefined),
    use: (id) => load(id, idleMs),
    replace,
    removeUnchanged: ({ key, version }) => store.delete(key, version),
    async remove(id) {
      await store.delete(toSessionKey(id));
    },
  };
}
