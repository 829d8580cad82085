import { Secret } from '../../../../src/lib/secret.js';
import { GatewayError } from '../../../../src/errors.js';
import { createKeyRing } from '../../../../src/server/session/key-ring.js';
import { createMemoryStore } from '../../../../src/server/session/memory-store.js';
import type { OAuthClient } from '../../../../src/server/session/oauth-client.js';
import { createRefresher } from '../../../../src/server/session/refresher.js';
import { createSessionVault } from '../../../../src/server/session/session-vault.js';
import type { SessionStore } from '../../../../src/server/session/store.js';
import { createTokenPenalty } from '../../../../src/server/session/token-penalty.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { FakeOAuth } from './fake-oauth.js';

export const A = new Secret('a'.repeat(32));
export const B = new Secret('b'.repeat(32));
export const HOUR = 3_600_000;
export const TIMEOUT = 10_000;
/** Past any lease. */
export const LEASE = TIMEOUT + 5000;

/** One gateway process. Several of them share store and RingCentral. */
export function createReplica(
  shared: { clock: ManualClock; store: SessionStore; oauth: OAuthClient },
  secrets = [A],
) {
  const keyRing = createKeyRing(secrets, 'session');
  const vault = createSessionVault({ ...shared, keyRing, idleMs: HOUR, maxMs: 12 * HOUR });
  const outcomes: unknown[] = [];
  const refresher = createRefresher({
    ...shared,
    vault,
    penalty: createTokenPenalty(shared.store),
    timeoutMs: TIMEOUT,
    onRefresh: (failure) => outcomes.push(failure instanceof GatewayError ? failure.code : (failure ?? 'OK')),
  });
  return { vault, refresher, outcomes };
}

export async function build() {
  const clock = new ManualClock();
  const oauth = new FakeOAuth(clock);
  const store = createMemoryStore({ clock });
  const shared = { clock, oauth, store };
  const replica = createReplica(shared);
  const id = await replica.vault.create(oauth.tokens());
  const stored = async () => (await replica.vault.find(id))?.tokens.accessToken;
  return { ...shared, ...replica, shared, id, stored };
}

export function gate() {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open };
}

export const toCode = (promise: Promise<unknown>) =>
  promise.then(
    () => 'OK',
    (error: unknown) => (error instanceof GatewayError ? error.code : error),
  );
