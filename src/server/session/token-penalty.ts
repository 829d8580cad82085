import { createHash } from 'node:crypto';
import { RateLimitedError } from '../../errors.js';
import type { SessionStore } from './store.js';
import type { Tokens } from './tokens.js';

/**
 * RingCentral's penalty after a 429 of its token endpoint. Any request during it begins it anew, so none is sent: on
 * no replica, for no session or login of the same owner.
 */
export interface TokenPenalty {
  /** Sends unless the owner is in a penalty. @throws RateLimitedError */
  run<T>(owner: PenaltyOwner, send: () => Promise<T>): Promise<T>;
}

/**
 * RingCentral counts by user and app. Whose a login will be is not known before it is answered, and codes can be made up:
 * a penalty holds for the client that met it, lest one keeps everybody from logging in.
 */
export type PenaltyOwner = { readonly client: string } | Pick<Tokens, 'extensionId'>;

/** Ten times RingCentral's default (developer guide, rate limits): no answer stops logins for longer. */
const MAX_PENALTY_SECONDS = 600;

export function createTokenPenalty(store: SessionStore): TokenPenalty {
  return {
    async run(owner, send) {
      const name = toName(owner);
      const frozenMs = await store.frozenMs(name);
      if (frozenMs > 0) throw new RateLimitedError(Math.ceil(frozenMs / 1000));
      try {
        return await send();
      } catch (error) {
        if (error instanceof RateLimitedError) {
          const { retryAfterSeconds = 0 } = error.extensions;
          // At least a millisecond: Redis refuses less. A store that is gone must not hide the 429.
          const ms = Math.max(1, Math.min(retryAfterSeconds, MAX_PENALTY_SECONDS) * 1000);
          await store.freeze(name, ms).catch(() => undefined);
        }
        throw error;
      }
    },
  };
}

const toName = (owner: PenaltyOwner): string =>
  createHash('sha256')
    .update('client' in owner ? `login ${owner.client}` : `extension ${owner.extensionId ?? ''}`)
    .digest('base64url');
