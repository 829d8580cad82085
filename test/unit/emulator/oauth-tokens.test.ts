import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.js';
import { ManualClock } from '../../support/manual-clock.js';
import { createLoginClient, type Pair } from './login-client.js';

const clock = new ManualClock();
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ clock, limits: 'off' });
});
afterAll(() => emulator.stop());
beforeEach(() => {
  emulator.reset();
});

const { post, refresh, use, logIn } = createLoginClient(() => emulator);

describe('an access token', () => {
  it('ends after an hour: OAU-128', async () => {
    const { access_token } = await logIn();
    await clock.advance(3_599_000);
    expect((await use(access_token)).status).toBe(200);
    await clock.advance(1000);
    expect((await use(access_token)).json.errors[0].errorCode).toBe('OAU-128');
  });

  it('ends at once when the next one is had', async () => {
    const { access_token, refresh_token } = await logIn();
    await refresh(refresh_token);
    expect((await use(access_token)).json.errors[0].errorCode).toBe('OAU-213');
  });
});

describe('a refresh token', () => {
  it('buys the next pair', async () => {
    const first = await logIn();
    const { status, json } = await refresh(first.refresh_token);
    expect(status).toBe(200);
    expect(json.access_token).not.toBe(first.access_token);
    expect(json.refresh_token).not.toBe(first.refresh_token);
    expect((await use(json.access_token)).status).toBe(200);
  });

  it('that comes again buys the same pair until ten seconds after that was first used', async () => {
    const first = await logIn();
    const second: Pair = (await refresh(first.refresh_token)).json;
    await clock.advance(1_800_000);
    const again: Pair = (await refresh(first.refresh_token)).json;
    expect(again).toMatchObject({
      access_token: second.access_token,
      refresh_token: second.refresh_token,
      expires_in: 1800,
    });
    await use(second.access_token);
    await clock.advance(9999);
    expect((await refresh(first.refresh_token)).status).toBe(200);
    await clock.advance(1);
    expect((await refresh(first.refresh_token)).json).toMatchObject({
      error: 'invalid_grant',
      errors: [{ errorCode: 'OAU-211' }],
    });
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  it('that comes again buys nothing an hour later, used or not', async () => {
    const first = await logIn();
    await refresh(first.refresh_token);
    await clock.advance(3_600_000);
    expect((await refresh(first.refresh_token)).json.errors[0].errorCode).toBe('OAU-211');
  });

  it('before the one before is worth nothing', async () => {
    const first = await logIn();
    const second: Pair = (await refresh(first.refresh_token)).json;
    await refresh(second.refresh_token);
    expect((await refresh(first.refresh_token)).json.errors[0].errorCode).toBe('OAU-211');
  });

  it('ends after a week: OAU-210', async () => {
    const { refresh_token } = await logIn();
    await clock.advance(604_800_000);
    expect((await refresh(refresh_token)).json).toMatchObject({
      error: 'invalid_grant',
      error_description: 'Token expired',
      errors: [{ errorCode: 'OAU-210', message: 'Token expired' }],
    });
  });

  it('that nobody knows is OAU-213', async () => {
    expect((await refresh('nobody')).json).toMatchObject({
      error: 'invalid_grant',
      errors: [{ errorCode: 'OAU-213' }],
    });
  });
});

describe('a login', () => {
  it.each(['access_token', 'refresh_token'] as const)('is ended whole by revoking its %s', async (kind) => {
    const pair = await logIn();
    expect((await post('revoke', { token: pair[kind] })).status).toBe(200);
    expect((await use(pair.access_token)).status).toBe(401);
    expect((await refresh(pair.refresh_token)).json.errors[0].errorCode).toBe('OAU-211');
  });

  it('is not ended by a token of somebody else, and revoking what is unknown is no fault', async () => {
    const [ann, bob] = [await logIn(), await logIn('Bob Baker')];
    await post('revoke', { token: bob.access_token });
    expect((await post('revoke', { token: 'nobody' })).status).toBe(200);
    expect((await use(ann.access_token)).status).toBe(200);
  });

  it('can be ended from inside, and is gone after a reset', async () => {
    const { access_token } = await logIn();
    emulator.endLogins();
    expect((await use(access_token)).status).toBe(401);
    expect(emulator.issuedSecrets()).toContain(access_token);
    const { access_token: other } = await logIn();
    emulator.reset();
    expect((await use(other)).status).toBe(401);
    expect(emulator.issuedSecrets()).toEqual([]);
  });
});

it('five requests for tokens a minute are one user’s share', async () => {
  const limited = await startEmulator({ clock });
  const client = createLoginClient(() => limited);
  const first = await client.exchange(await client.login());
  expect(first.headers.get('x-rate-limit-group')).toBe('auth');
  const statuses: number[] = [];
  for (let sent = 0; sent < 5; sent += 1) {
    statuses.push((await client.refresh(first.json.refresh_token)).status);
  }
  expect(statuses).toEqual([200, 200, 200, 200, 429]);
  expect((await client.exchange(await client.login('Bob Baker'))).status).toBe(200);
  await limited.stop();
});
