import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../lib/clock.js';
import { toSetCookie, type Cookies } from './cookies.js';
import type { KeyRing } from './key-ring.js';

/** A login that was begun in this browser and has not come back yet. */
export interface LoginTransaction {
  readonly state: string;
  /** The PKCE code verifier. */
  readonly verifier: string;
  /** An absolute URL on our own origin. */
  readonly returnTo: string;
}

/** Keeps begun logins in encrypted cookies, one for each, so that two tabs do not disturb each other. */
export interface LoginTransactions {
  /** The Set-Cookie headers that begin one. They also drop the others once too many were begun and left. */
  begin(transaction: LoginTransaction, cookies: Cookies): string[];
  /** The begun login that a `state` belongs to; undefined when this browser has not begun it, or too long ago. */
  find(state: string, cookies: Cookies): LoginTransaction | undefined;
  /** The Set-Cookie headers that drop the one of this `state`, if the browser has it. */
  drop(state: string, cookies: Cookies): string[];
}

export const LOGIN_SECONDS = 600;
/** Each weighs up to 2 kB in every request's head, of which Node takes 16 kB. */
const MAX_BEGUN = 6;

const sealedTransaction = z.object({
  state: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  expiresAt: z.number(),
});

export function createLoginTransactions(options: {
  keyRing: KeyRing;
  /** Before the hash of the state in a cookie's name. */
  namePrefix: string;
  secure: boolean;
  clock: Clock;
}): LoginTransactions {
  const { keyRing, namePrefix, secure, clock } = options;
  const nameOf = (state: string) =>
    namePrefix + createHash('sha256').update(state).digest('base64url').slice(0, 22);
  const toDeletion = (name: string) => toSetCookie(name, '', { secure, sameSite: 'Lax', maxAgeSeconds: 0 });
  return {
    begin(transaction, cookies) {
      const begun = cookies.names().filter((name) => name.startsWith(namePrefix));
      const name = nameOf(transaction.state);
      const sealed = keyRing.seal(
        JSON.stringify({ ...transaction, expiresAt: clock.now() + LOGIN_SECONDS * 1000 }),
        name,
      );
      // Lax: the way back from RingCentral is a navigation from another site.
      const cookie = toSetCookie(name, sealed, { secure, sameSite: 'Lax', maxAgeSeconds: LOGIN_SECONDS });
      return [...(begun.length >= MAX_BEGUN ? begun.map(toDeletion) : []), cookie];
    },
    find(state, cookies) {
      const name = nameOf(state);
      const opened = keyRing.open(cookies.get(name) ?? '', name);
      if (opened === undefined) return undefined;
      const { data } = sealedTransaction.safeParse(JSON.parse(opened.plaintext));
      return data?.state === state && clock.now() < data.expiresAt ? data : undefined;
    },
    drop(state, cookies) {
      const name = nameOf(state);
      return cookies.has(name) ? [toDeletion(name)] : [];
    },
  };
}
