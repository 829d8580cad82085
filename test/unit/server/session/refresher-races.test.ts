import { describe, expect, it } from 'vitest';
import { GatewayError, UnauthenticatedError } from '../../../../src/errors.js';
import type { SessionStore } from '../../../../src/server/session/store.js';
import { settle } from '../../../support/manual-clock.js';
import { A, B, build, createReplica, gate, LEASE, TIMEOUT, toCode } from './replica.js';

describe('a lock holder paused past its lease', () => {
  it('sends nothing when it was paused before its token request', async () => {
    const { shared, oauth, clock, id, stored } = await build();
    const { passed, open } = gate();
    let reads = 0;
    // It has read the session, and is stopped before it sees what it read.
    const store: SessionStore = {
      ...shared.store,
      async get(key, idleMs) {
        const found = await shared.store.get(key, idleMs);
        if ((reads += 1) === 1) await passed;
        return found;
      },
    };
    const paused = createReplica({ ...shared, store });
    const refresh = paused.refresher.refresh(id, 'access-1');
    await clock.advance(LEASE);
    await createReplica(shared).refresher.refresh(id, 'access-1');
    open();
    expect((await refresh).accessToken).toBe('access-2');
    expect(oauth.requests).toHaveLength(1);
    expect(await stored()).toBe('access-2');
  });

  it('does not end the session with a refresh token that has died meanwhile', async () => {
    const { shared, refresher, oauth, clock, id, stored, outcomes } = await build();
    const { passed, open } = gate();
    oauth.before = passed;
    const refresh = refresher.refresh(id, 'access-1');
    await clock.advance(LEASE);
    await createReplica(shared).refresher.refresh(id, 'access-1');
    oauth.useCurrent();
    open();
    expect((await refresh).accessToken).toBe('access-2');
    expect(outcomes).toEqual(['UNAUTHENTICATED']);
    expect(await stored()).toBe('access-2');
  });

  it('does not write over what was written meanwhile', async () => {
    const { shared, refresher, oauth, clock, id, stored } = await build();
    const other = createReplica(shared);
    const { passed, open } = gate();
    oauth.after = passed;
    const refresh = refresher.refresh(id, 'access-1');
    await clock.advance(LEASE);
    expect((await other.refresher.refresh(id, 'access-1')).accessToken).toBe('access-2');
    expect((await other.refresher.refresh(id, 'access-2')).accessToken).toBe('access-3');
    open();
    expect((await refresh).accessToken).toBe('access-3');
    expect(await stored()).toBe('access-3');
  });

  it('does not give back the lock of the next holder', async () => {
    const { shared, refresher, oauth, clock, id } = await build();
    const first = gate();
    const second = gate();
    oauth.after = first.passed;
    const paused = refresher.refresh(id, 'access-1');
    await clock.advance(LEASE);
    oauth.after = second.passed;
    const next = createReplica(shared).refresher.refresh(id, 'access-1');
    await settle();
    first.open();
    await paused;
    // The next holder is still at it: a third one must not begin.
    const third = createReplica(shared).refresher.refresh(id, 'access-2');
    await clock.advance(200);
    expect(oauth.requests).toEqual(['refresh-1', 'refresh-1']);
    second.open();
    await next;
    await clock.advance(200);
    expect((await third).accessToken).toBe('access-3');
  });

  it('makes the others wait no longer than a refresh may take', async () => {
    const { shared, refresher, oauth, clock, id } = await build();
    const { passed, open } = gate();
    oauth.after = passed;
    const first = refresher.refresh(id, 'access-1');
    const waiting = toCode(createReplica(shared).refresher.refresh(id, 'access-1'));
    await clock.advance(TIMEOUT + 100);
    expect(await waiting).toBe('UPSTREAM_TIMEOUT');
    open();
    expect((await first).accessToken).toBe('access-2');
  });
});

describe('a logout during a refresh', () => {
  it('wins: the session stays gone, and the new tokens are revoked', async () => {
    const { vault, refresher, oauth, id, stored } = await build();
    const { passed, open } = gate();
    oauth.after = passed;
    const refresh = refresher.refresh(id, 'access-1');
    await settle();
    await vault.remove(id);
    open();
    await expect(refresh).rejects.toThrow(UnauthenticatedError);
    expect(await stored()).toBeUndefined();
    expect(oauth.revoked).toEqual(['refresh-2']);
  });
});

describe('a store', () => {
  const gone = new GatewayError('Gone.', { code: 'UPSTREAM_UNAVAILABLE' });

  it('whose write is lost after the token request costs a repetition, not the session', async () => {
    const { shared, oauth, clock, id, stored } = await build();
    const failures = [gone];
    const store: SessionStore = {
      ...shared.store,
      compareAndSet: (...args) => {
        const failure = failures.shift();
        return failure === undefined ? shared.store.compareAndSet(...args) : Promise.reject(failure);
      },
    };
    const replica = createReplica({ ...shared, store });
    expect(await toCode(replica.refresher.refresh(id, 'access-1'))).toBe('UPSTREAM_UNAVAILABLE');
    expect(await stored()).toBe('access-1');
    // The new access token was not used, so the old refresh token still gets it, even much later.
    await clock.advance(30 * 60_000);
    expect((await replica.refresher.refresh(id, 'access-1')).accessToken).toBe('access-2');
    expect(oauth.requests).toEqual(['refresh-1', 'refresh-1']);
    expect(await stored()).toBe('access-2');
  });

  it('whose answer to the write is lost has the new tokens for the next request', async () => {
    const { shared, oauth, id } = await build();
    let lost = false;
    const store: SessionStore = {
      ...shared.store,
      async compareAndSet(...args) {
        const written = await shared.store.compareAndSet(...args);
        if (lost) return written;
        lost = true;
        throw gone;
      },
    };
    const replica = createReplica({ ...shared, store });
    expect(await toCode(replica.refresher.refresh(id, 'access-1'))).toBe('UPSTREAM_UNAVAILABLE');
    expect((await replica.refresher.refresh(id, 'access-1')).accessToken).toBe('access-2');
    expect(oauth.requests).toHaveLength(1);
  });

  it('that is gone logs nobody out', async () => {
    const { shared, oauth, id, stored } = await build();
    const store: SessionStore = { ...shared.store, lock: () => Promise.reject(gone) };
    const replica = createReplica({ ...shared, store });
    expect(await toCode(replica.refresher.refresh(id, 'access-1'))).toBe('UPSTREAM_UNAVAILABLE');
    expect(oauth.requests).toEqual([]);
    expect(await stored()).toBe('access-1');
  });

  it('written meanwhile only to renew the encryption does not cost the new tokens', async () => {
    const { shared, vault, oauth, id, stored } = await build();
    const replica = createReplica(shared, [A, B]);
    const { passed, open } = gate();
    oauth.after = passed;
    const refresh = replica.refresher.refresh(id, 'access-1');
    await settle();
    // A replica for which the other secret is the first reads the session, and brings it under that one.
    await createReplica(shared, [B, A]).vault.find(id);
    expect(await toCode(vault.find(id))).toBe('UPSTREAM_UNAVAILABLE');
    open();
    expect((await refresh).accessToken).toBe('access-2');
    expect(await stored()).toBe('access-2');
  });

  it('written meanwhile under a secret that this replica lacks keeps the session for those that have it', async () => {
    const { shared, refresher, oauth, id } = await build();
    const { passed, open } = gate();
    oauth.after = passed;
    const refresh = toCode(refresher.refresh(id, 'access-1'));
    await settle();
    const rotated = createReplica(shared, [B, A]);
    await rotated.vault.find(id);
    open();
    expect(await refresh).toBe('UPSTREAM_UNAVAILABLE');
    expect(oauth.revoked).toEqual([]);
    expect((await rotated.refresher.refresh(id, 'access-1')).accessToken).toBe('access-2');
  });
});
