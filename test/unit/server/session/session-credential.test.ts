import { describe, expect, it } from 'vitest';
import { GatewayError, RateLimitedError, UnauthenticatedError } from '../../../../src/errors.js';
import type { Refresher } from '../../../../src/server/session/refresher.js';
import { createSessionCredential } from '../../../../src/server/session/session-credential.js';
import type { Tokens } from '../../../../src/server/session/tokens.js';
import { ManualClock } from '../../../support/manual-clock.js';

const HOUR = 3_600_000;

function build(answer: (stale: string) => string | Error = () => 'access-2') {
  const clock = new ManualClock();
  const toTokens = (accessToken: string): Tokens => ({
    accessToken,
    expiresAt: clock.now() + HOUR,
    renewAt: clock.now() + HOUR - 60_000,
  });
  const asked: string[] = [];
  const refresher: Refresher = {
    refresh(_id, stale) {
      asked.push(stale);
      const token = answer(stale);
      return token instanceof Error ? Promise.reject(token) : Promise.resolve(toTokens(token));
    },
    settle: () => Promise.resolve(),
  };
  const session = { id: 'id', key: 'key', version: 1, tokens: toTokens('access-1'), expiresInMs: HOUR };
  return {
    clock,
    asked,
    credential: createSessionCredential({ session, caller: 'caller', refresher, clock }),
  };
}

describe('the credential of a session', () => {
  it('shows the stored token while it is young', async () => {
    const { credential, asked } = build();
    expect(await credential.accessToken()).toBe('access-1');
    expect(asked).toEqual([]);
  });

  it('renews it before it ends, once for all calls of the request', async () => {
    const { credential, clock, asked } = build();
    await clock.advance(HOUR - 60_000);
    const tokens = await Promise.all([credential.accessToken(), credential.accessToken()]);
    expect([...tokens, await credential.accessToken()]).toEqual(['access-2', 'access-2', 'access-2']);
    expect(asked).toEqual(['access-1']);
  });

  it('goes on with a token that is still good when renewing it early fails', async () => {
    const { credential, clock } = build(() => new RateLimitedError(60));
    await clock.advance(HOUR - 60_000);
    expect(await credential.accessToken()).toBe('access-1');
    await clock.advance(60_000);
    await expect(credential.accessToken()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('does not go on when the session is over', async () => {
    const { credential, clock } = build(() => new UnauthenticatedError());
    await clock.advance(HOUR - 60_000);
    await expect(credential.accessToken()).rejects.toThrow(UnauthenticatedError);
  });

  it('has a newer token after a refused one, for all calls that had the refused one', async () => {
    const { credential, asked } = build();
    expect(await Promise.all([credential.renew?.('access-1'), credential.renew?.('access-1')])).toEqual([
      true,
      true,
    ]);
    expect(await credential.renew?.('access-1')).toBe(true);
    expect(await credential.accessToken()).toBe('access-2');
    expect(asked).toEqual(['access-1']);
  });

  it('renews once a request: a refused new token stays refused', async () => {
    const { credential, asked } = build();
    await credential.renew?.('access-1');
    expect(await credential.renew?.('access-2')).toBe(false);
    expect(asked).toEqual(['access-1']);
  });

  it('has none when the session is over, and says so when it cannot know', async () => {
    expect(await build(() => new UnauthenticatedError()).credential.renew?.('access-1')).toBe(false);
    const unavailable = new GatewayError('No.', { code: 'UPSTREAM_UNAVAILABLE' });
    await expect(build(() => unavailable).credential.renew?.('access-1')).rejects.toBe(unavailable);
  });
});
