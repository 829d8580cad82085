import { UnauthenticatedError } from '../../errors.js';
import type { Clock } from '../../lib/clock.js';
import type { Credential } from '../../upstream/credential.js';
import type { Refresher } from './refresher.js';
import type { Session } from './session-vault.js';
import type { Tokens } from './tokens.js';

/** The credential of one request: its session's tokens, renewed at most once. */
export function createSessionCredential(options: {
  session: Session;
  caller: string;
  refresher: Refresher;
  clock: Clock;
}): Credential {
  const { session, caller, refresher, clock } = options;
  const { tokens } = session;
  let renewal: Promise<Tokens> | undefined;
  const renewOnce = (stale: string) => (renewal ??= refresher.refresh(session.id, stale));
  return {
    caller,
    async accessToken() {
      if (renewal === undefined && clock.now() < tokens.renewAt) return tokens.accessToken;
      try {
        return (await renewOnce(tokens.accessToken)).accessToken;
      } catch (error) {
        // Renewed early so that there is time left when it fails.
        if (error instanceof UnauthenticatedError || clock.now() >= tokens.expiresAt) throw error;
        return tokens.accessToken;
      }
    },
    async renew(refused) {
      try {
        return (await renewOnce(refused)).accessToken !== refused;
      } catch (error) {
        if (error instanceof UnauthenticatedError) return false;
        throw error;
      }
    },
  };
}
