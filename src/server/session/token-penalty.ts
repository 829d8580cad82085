import { createHash } from 'node:crypto';
import { RateLimitedError } from '../../errors.js';
import type { SessionStore } from './store.js';
import type { Tokens } from './tokens.js';

/**
 * RingCentral's penalty after a 429 of its token endpoint. Any request during it begins it anew, so none is sent: on
 * no replica, for no session of the same owner.
 */
export interface TokenPenalty {
  /** Sends unless the owner is in a penalty. @throws RateLimitedError */
  run<T>(owner: PenaltyOwner, send: () => Promise<T>): Promise<T>;
}

/** RingCentral counts by user and app. Whose a login will be is not known before it is answered: all logins are one. */
export type PenaltyOwner = 'login' | Pick<Tokens, 'extensionId'>;

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
          await store.freeze(name, Math.max(1, retryAfterSeconds * 1000)).catch(() => undefined);
        }
        throw error;
      }
    },
  };
}

const toName = (owner: PenaltyOwner): string =>
  createHash('sha256')
    .update(owner === 'login' ? owner : `extension ${owner.extensionId ?? ''}`)
    .digest('base64url');
