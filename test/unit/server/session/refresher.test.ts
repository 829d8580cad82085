import { describe, expect, it } from 'vitest';
import { GatewayError, UnauthenticatedError } from '../../../../src/errors.js';
import { InvalidGrantError } from '../../../../src/server/session/oauth-client.js';
import { settle } from '../../../support/manual-clock.js';
import { tooMany } from './fake-oauth.js';
import { build, createReplica, gate, HOUR, toCode } from './replica.js';

describe('a refresh', () => {
  it('is one token request for twenty who ask at once', async () => {
    const { refresher, oauth, id, stored, outcomes } = await build();
    const all = await Promise.all(Array.from({ length: 20 }, () => refresher.refresh(id, 'access-1')));
    expect(new Set(all.map((tokens) => tokens.accessToken))).toEqual(new Set(['access-2']));
    expect(oauth.requests).toEqual(['refresh-1']);
    expect(await stored()).toBe('access-2');
    expect(outcomes).toEqual(['OK']);
  });

  it('is one token request for twenty who ask two replicas at once', async () => {
    const { shared, refresher, oauth, clock, id } = await build();
    const other = createReplica(shared);
    const all = Array.from({ length: 20 }, (_, at) =>
      (at % 2 === 0 ? refresher : other.refresher).refresh(id, 'access-1'),
    );
    await clock.advance(200);
    expect(new Set((await Promise.all(all)).map((tokens) => tokens.accessToken))).toEqual(
      new Set(['access-2']),
    );
    expect(oauth.requests).toHaveLength(1);
  });

  it('asks for nothing when newer tokens are stored already', async () => {
    const { shared, refresher, oauth, id } = await build();
    await refresher.refresh(id, 'access-1');
    const late = await createReplica(shared).refresher.refresh(id, 'access-1');
    expect(late.accessToken).toBe('access-2');
    expect(oauth.requests).toHaveLength(1);
  });

  it('of the newer token is not answered by one of the older that is under way', async () => {
    const { refresher, oauth, id, stored, clock } = await build();
    await refresher.refresh(id, 'access-1');
    const late = refresher.refresh(id, 'access-1');
    const refused = refresher.refresh(id, 'access-2');
    await clock.advance(200);
    expect((await late).accessToken).toMatch(/^access-[23]$/);
    expect((await refused).accessToken).toBe('access-3');
    expect(oauth.requests).toEqual(['refresh-1', 'refresh-2']);
    expect(await stored()).toBe('access-3');
  });

  it('does not make the session last longer', async () => {
    const { vault, refresher, clock, id } = await build();
    await clock.advance(1000);
    await refresher.refresh(id, 'access-1');
    expect((await vault.find(id))?.expiresInMs).toBe(HOUR - 1000);
  });

  it('is waited for by settle', async () => {
    const { refresher, oauth, id, stored } = await build();
    const { passed, open } = gate();
    oauth.after = passed;
    const refresh = refresher.refresh(id, 'access-1');
    const settled = refresher.settle();
    open();
    await settled;
    expect(await stored()).toBe('access-2');
    await refresh;
  });
});

describe('only invalid_grant', () => {
  it('ends a session', async () => {
    const { refresher, oauth, id, stored } = await build();
    oauth.faults.push(new InvalidGrantError());
    await expect(refresher.refresh(id, 'access-1')).rejects.toThrow(UnauthenticatedError);
    expect(await stored()).toBeUndefined();
    await expect(refresher.refresh(id, 'access-1')).rejects.toThrow(UnauthenticatedError);
    expect(oauth.requests).toHaveLength(1);
  });

  it.each(['UPSTREAM_UNAVAILABLE', 'UPSTREAM_INVALID_RESPONSE', 'UPSTREAM_TIMEOUT'] as const)(
    'does: after %s it goes on',
    async (code) => {
      const { refresher, oauth, id, stored, outcomes } = await build();
      oauth.faults.push(new GatewayError('No.', { code }));
      expect(await toCode(refresher.refresh(id, 'access-1'))).toBe(code);
      expect(await stored()).toBe('access-1');
      expect((await refresher.refresh(id, 'access-1')).accessToken).toBe('access-2');
      expect(outcomes).toEqual([code, 'OK']);
    },
  );
});

describe('a lost answer', () => {
  it('is asked for again with the same refresh token, which gets the same pair', async () => {
    const { refresher, oauth, id, stored } = await build();
    oauth.faults.push('lost');
    expect((await refresher.refresh(id, 'access-1')).accessToken).toBe('access-2');
    expect(oauth.requests).toEqual(['refresh-1', 'refresh-1']);
    expect(await stored()).toBe('access-2');
  });

  it('that is lost again is an error, and the next request has it', async () => {
    const { refresher, oauth, id, stored } = await build();
    oauth.faults.push('lost', 'lost');
    expect(await toCode(refresher.refresh(id, 'access-1'))).toBe('UPSTREAM_UNAVAILABLE');
    expect(await stored()).toBe('access-1');
    expect((await refresher.refresh(id, 'access-1')).accessToken).toBe('access-2');
    expect(oauth.requests).toEqual(['refresh-1', 'refresh-1', 'refresh-1']);
  });
});

describe('a 429 of the token endpoint', () => {
  it('stops token requests for the owner until its time has passed, on every replica', async () => {
    const { shared, refresher, vault, oauth, clock, id } = await build();
    const secondId = await vault.create(oauth.tokens());
    const other = createReplica(shared);
    oauth.faults.push(tooMany(60));
    await expect(refresher.refresh(id, 'access-1')).rejects.toMatchObject({
      extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 60 },
    });
    await clock.advance(59_000);
    expect(await toCode(refresher.refresh(id, 'access-1'))).toBe('RATE_LIMITED');
    expect(await toCode(refresher.refresh(secondId, 'access-1'))).toBe('RATE_LIMITED');
    expect(await toCode(other.refresher.refresh(id, 'access-1'))).toBe('RATE_LIMITED');
    expect(oauth.requests).toHaveLength(1);
    await clock.advance(1000);
    expect((await refresher.refresh(id, 'access-1')).accessToken).toBe('access-2');
  });

  it('stops the revocation of tokens that nobody is to have any more', async () => {
    const { shared, refresher, vault, oauth, id } = await build();
    const { passed, open } = gate();
    oauth.after = passed;
    const refresh = toCode(refresher.refresh(id, 'access-1'));
    await settle();
    await vault.remove(id);
    const otherId = await vault.create(oauth.tokens());
    oauth.faults.push(tooMany(60));
    await toCode(createReplica(shared).refresher.refresh(otherId, oauth.tokens().accessToken));
    open();
    expect(await refresh).toBe('UNAUTHENTICATED');
    expect(oauth.revoked).toEqual([]);
  });

  it('stops nobody else', async () => {
    const { refresher, vault, oauth, id } = await build();
    const foreignId = await vault.create({ ...oauth.tokens(), extensionId: '7' });
    oauth.faults.push(tooMany(60));
    await toCode(refresher.refresh(id, 'access-1'));
    expect((await refresher.refresh(foreignId, 'access-1')).accessToken).toBe('access-2');
  });
});
