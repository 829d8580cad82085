import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.js';
import { ManualClock } from '../../support/manual-clock.js';
import { send } from './client.js';
import { basic, CALLBACK, createLoginClient, locationOf, REQUEST, type Fields } from './login-client.js';

const clock = new ManualClock();
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ clock, limits: 'off' });
});
afterAll(() => emulator.stop());
beforeEach(() => {
  emulator.reset();
});

const { showLogin, press, login, post, exchange, use } = createLoginClient(() => emulator);

describe('the login page', () => {
  it('offers the demo users, and keeps all that came', async () => {
    const { status, headers, text } = await showLogin({ state: '"><script>' });
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
    expect(locationOf(await createLoginClient(() => quick).showLogin()).searchParams.has('code')).toBe(true);
    await quick.stop();
  });

  it.each<[string, Fields, string]>([
    ['another response type', { response_type: 'token' }, 'unsupported_response_type'],
    ['no challenge', { code_challenge: '' }, 'invalid_request'],
    ['a plain challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['a challenge that is no SHA-256', { code_challenge: 'short' }, 'invalid_request'],
  ])('tells the app of %s', async (_name, changes, error) => {
    const { searchParams } = locationOf(await showLogin(changes));
    expect([searchParams.get('error'), searchParams.get('state')]).toEqual([error, 'the state']);
  });

  it.each<[string, Fields]>([
    ['an unknown app', { client_id: 'nobody' }],
    ['an address that is none', { redirect_uri: 'callback' }],
    ['an address that is a script', { redirect_uri: 'javascript:alert(1)' }],
    ['an address with a fragment', { redirect_uri: `${CALLBACK}#x` }],
  ])('redirects nobody for %s', async (_name, changes) => {
    const { status, headers } = await showLogin(changes);
    expect([status, headers.has('location')]).toEqual([400, false]);
  });

  it('redirects to registered addresses alone, where there are some', async () => {
    const strict = await startEmulator({ oauth: { redirectUris: [CALLBACK] } });
    const ask = createLoginClient(() => strict).showLogin;
    expect((await ask()).status).toBe(200);
    expect((await ask({ redirect_uri: 'https://elsewhere.example.com/' })).status).toBe(400);
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
    ['another verifier', { code_verifier: 'another-verifier-of-at-least-forty-three-characters' }],
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
