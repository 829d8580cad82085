import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.js';
import { ManualClock } from '../../support/manual-clock.js';
import { OWN, send, type Received } from './client.js';

const clock = new ManualClock();
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ clock, limits: 'off' });
});
afterAll(() => emulator.stop());
beforeEach(() => {
  emulator.reset();
});

const VERIFIER = 'verifier-of-at-least-forty-three-characters-0123';
const CALLBACK = 'https://app.example.com/auth/callback?kept=1';
const REQUEST = {
  response_type: 'code',
  client_id: 'switchboard-demo',
  redirect_uri: CALLBACK,
  state: 'the state',
  code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  code_challenge_method: 'S256',
};

type Fields = Readonly<Record<string, string>>;

const toForm = (fields: Fields) => new URLSearchParams(fields).toString();
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const showLogin = (fields: Fields, at = emulator) =>
  send(at, `/restapi/oauth/authorize?${toForm(fields)}`, { token: null });

/** What the login page's buttons send. */
const press = (fields: Fields) =>
  send(emulator, '/restapi/oauth/authorize', {
    method: 'POST',
    token: null,
    body: toForm({ ...REQUEST, ...fields }),
    headers: FORM,
  });

const locationOf = ({ headers }: Received) => new URL(headers.get('location') ?? '');

async function login(user = 'Ann Archer'): Promise<string> {
  return locationOf(await press({ user })).searchParams.get('code') ?? '';
}

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

const post = (path: string, fields: Fields, authorization?: string) =>
  send(emulator, `/restapi/oauth/${path}`, {
    method: 'POST',
    token: null,
    body: toForm(fields),
    headers: { ...FORM, authorization: authorization ?? basic(emulator.client.id, emulator.client.secret) },
  });

const exchange = (code: string, changes: Fields = {}) =>
  post('token', {
    grant_type: 'authorization_code',
    code,
    code_verifier: VERIFIER,
    redirect_uri: CALLBACK,
    ...changes,
  });

const refresh = (token: string) => post('token', { grant_type: 'refresh_token', refresh_token: token });
const use = (token: string) => send(emulator, OWN, { token });

interface Pair {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

async function logIn(user?: string): Promise<Pair> {
  return (await exchange(await login(user))).json;
}

describe('the login page', () => {
  it('offers the demo users, and keeps all that came', async () => {
    const { status, headers, text } = await showLogin({ ...REQUEST, state: '"><script>' });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/html');
    expect(text).toContain('Log in as Ann Archer');
    expect(text).toContain('Log in as Olga Other');
    expect(text).toContain(`name="code_challenge" value="${REQUEST.code_challenge}"`);
    expect(text).not.toContain('<script>');
  });

  it('sends who chose a user back with a code and the state', async () => {
    const answer = await press({ user: 'Bob Baker' });
    expect(answer.status).toBe(302);
    const { origin, pathname, searchParams } = locationOf(answer);
    expect([origin, pathname]).toEqual(['https://app.example.com', '/auth/callback']);
    expect(Object.fromEntries(searchParams)).toEqual({
      kept: '1',
      code: expect.any(String),
      state: 'the state',
    });
  });

  it('sends who declines back with access_denied', async () => {
    const { searchParams } = locationOf(await press({ deny: 'true' }));
    expect(Object.fromEntries(searchParams)).toEqual({
      kept: '1',
      error: 'access_denied',
      state: 'the state',
    });
  });

  it('is left out where a user agrees at once', async () => {
    const quick = await startEmulator({ oauth: { autoLogin: 'Ann Archer' } });
    expect(locationOf(await showLogin(REQUEST, quick)).searchParams.has('code')).toBe(true);
    await quick.stop();
  });

  it.each<[string, Fields, string]>([
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['no challenge', { code_challenge: '' }, 'invalid_request'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge that is no SHA-256', { code_challenge: 'short' }, 'invalid_request'],
  ])('tells the app of %s', async (_name, changes, error) => {
    const { searchParams } = locationOf(await showLogin({ ...REQUEST, ...changes }));
    expect([searchParams.get('error'), searchParams.get('state')]).toEqual([error, 'the state']);
  });

  it.each<[string, Fields]>([
    ['an unknown app', { client_id: 'nobody' }],
    ['an address that is none', { redirect_uri: 'callback' }],
    ['an address that is a script', { redirect_uri: 'javascript:alert(1)' }],
    ['an address with a fragment', { redirect_uri: `${CALLBACK}#x` }],
  ])('redirects nobody for %s', async (_name, changes) => {
    const { status, headers } = await showLogin({ ...REQUEST, ...changes });
    expect([status, headers.has('location')]).toEqual([400, false]);
  });

  it('redirects to registered addresses alone, where there are some', async () => {
    const strict = await startEmulator({ oauth: { redirectUris: [CALLBACK] } });
    expect((await showLogin(REQUEST, strict)).status).toBe(200);
    const elsewhere = { ...REQUEST, redirect_uri: 'https://elsewhere.example.com/' };
    expect((await showLogin(elsewhere, strict)).status).toBe(400);
    await strict.stop();
  });
});

describe('a code', () => {
  it('buys a pair of tokens for the user who chose it', async () => {
    const { status, headers, json } = await exchange(await login('Bob Baker'));
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 3600,
      refresh_token: expect.any(String),
      refresh_token_expires_in: 604_800,
      scope: 'ReadAccounts EditExtensions',
      owner_id: '401900102008',
      endpoint_id: expect.any(String),
      session_id: expect.any(String),
    });
    expect((await use(json.access_token)).json.name).toBe('Bob Baker');
  });

  it('is good once', async () => {
    const code = await login();
    await exchange(code);
    const { status, json } = await exchange(code);
    expect(status).toBe(400);
    expect(json).toMatchObject({ error: 'invalid_grant', error_description: expect.any(String) });
    expect(json.errors).toHaveLength(1);
  });

  it.each<[string, Fields]>([
    ['another verifier', { code_verifier: `${VERIFIER}x` }],
    ['no verifier', { code_verifier: '' }],
    ['another address', { redirect_uri: 'https://app.example.com/other' }],
  ])('is not taken with %s, nor after that', async (_name, changes) => {
    const code = await login();
    expect((await exchange(code, changes)).json.error).toBe('invalid_grant');
    expect((await exchange(code)).json.error).toBe('invalid_grant');
  });

  it('ends after ten minutes', async () => {
    const code = await login();
    await clock.advance(600_000);
    expect((await exchange(code)).json.error).toBe('invalid_grant');
  });

  it('may ask for a shorter life of the access token, within bounds', async () => {
    const { json } = await exchange(await login(), { access_token_ttl: '600' });
    expect(json.expires_in).toBe(600);
    expect((await exchange(await login(), { access_token_ttl: '5' })).json.error).toBe('invalid_request');
  });
});

describe('the app', () => {
  it.each([
    ['no secret', ''],
    ['a wrong secret', basic('switchboard-demo', 'wrong')],
    ['another name', basic('nobody', 'demo-client-secret')],
  ])('with %s is invalid_client', async (_name, authorization) => {
    const { status, json } = await post('token', { grant_type: 'refresh_token' }, authorization);
    expect([status, json.error]).toEqual([401, 'invalid_client']);
  });

  it('asks in a form, for a grant that exists', async () => {
    expect((await post('token', { grant_type: 'password' })).json.error).toBe('unsupported_grant_type');
    const authorization = basic(emulator.client.id, emulator.client.secret);
    const json = { method: 'POST', token: null, body: {}, headers: { authorization } };
    expect((await send(emulator, '/restapi/oauth/token', json)).status).toBe(415);
  });
});

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
  const limited = await startEmulator({ clock, oauth: { autoLogin: 'Ann Archer' } });
  const authorization = basic(limited.client.id, limited.client.secret);
  const ask = (token: string) =>
    send(limited, '/restapi/oauth/token', {
      method: 'POST',
      token: null,
      body: toForm({ grant_type: 'refresh_token', refresh_token: token }),
      headers: { ...FORM, authorization },
    });
  const code = locationOf(await showLogin(REQUEST, limited)).searchParams.get('code') ?? '';
  const fields = { grant_type: 'authorization_code', code, code_verifier: VERIFIER, redirect_uri: CALLBACK };
  const first = await send(limited, '/restapi/oauth/token', {
    method: 'POST',
    token: null,
    body: toForm(fields),
    headers: { ...FORM, authorization },
  });
  expect(first.headers.get('x-rate-limit-group')).toBe('auth');
  const statuses: number[] = [];
  for (let sent = 0; sent < 5; sent += 1) statuses.push((await ask(first.json.refresh_token)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 429]);
  await limited.stop();
});
