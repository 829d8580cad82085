import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.js';
import { createMemoryStore } from '../../src/server/session/memory-store.js';
import { ManualClock } from '../support/manual-clock.js';
import { OAuthStandIn } from '../support/oauth-stand-in.js';
import {
  createSessionGateway,
  PUBLIC_URL,
  TestBrowser,
  type SessionGateway,
} from '../support/session-gateway.js';

const SESSION = '__Host-switchboard-session';

const clock = new ManualClock();
let oauth: OAuthStandIn;
let serverUrl: string;
let gateway: SessionGateway;
let browser: TestBrowser;

beforeEach(async () => {
  oauth = new OAuthStandIn(clock);
  serverUrl = await oauth.start();
  gateway = createSessionGateway({ oauth, serverUrl, clock });
  browser = new TestBrowser(gateway);
});
afterEach(async () => {
  await gateway.app.close();
  await oauth.stop();
});

const code = (response: { json: () => unknown }) =>
  (response.json() as { errors?: { extensions: { code: string } }[] }).errors?.[0]?.extensions.code;

describe('a login', () => {
  it('sends the browser to RingCentral with PKCE, and with addresses of PUBLIC_URL alone', async () => {
    const response = await browser.send('/auth/login', {
      host: 'elsewhere.example',
      'x-forwarded-host': 'elsewhere.example',
    });
    expect(response.statusCode).toBe(302);
    const url = new URL(response.headers.location ?? '');
    expect(url.origin + url.pathname).toBe(`${serverUrl}/restapi/oauth/authorize`);
    const query = Object.fromEntries(url.searchParams);
    expect(query).toEqual({
      response_type: 'code',
      client_id: OAuthStandIn.CLIENT_ID,
      redirect_uri: `${PUBLIC_URL}/auth/callback`,
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: 'S256',
    });
  });

  it('ends on the page that it was begun for, with a cookie that no script reads', async () => {
    const response = await browser.login('/page?a=b');
    expect(response.statusCode).toBe(302);
    expect(response.headers.location).toBe(`${PUBLIC_URL}/page?a=b`);
    const header = browser.received.find((line) => line.startsWith(SESSION));
    expect(header).toMatch(
      /^__Host-switchboard-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );
    expect([...browser.cookies.keys()]).toEqual([SESSION]);
    expect((await browser.fetch('/probe')).json()).toMatchObject({ accepted: true });
    expect(gateway.events).toEqual([{ action: 'login', outcome: 'OK' }]);
  });

  it('has plain cookie names on http, where browsers refuse the prefix', async () => {
    gateway = createSessionGateway({ oauth, serverUrl, clock, publicUrl: 'http://127.0.0.1:4000' });
    browser = new TestBrowser(gateway);
    const response = await browser.login();
    expect(response.headers.location).toBe('http://127.0.0.1:4000/page');
    expect([...browser.cookies.keys()]).toEqual(['switchboard-session']);
    expect(browser.received.join()).not.toMatch(/__Host-|Secure/);
  });

  it('tells the page whose it is and how long it lasts, and no token', async () => {
    expect((await browser.fetch('/auth/session')).json()).toEqual({ loggedIn: false });
    await browser.login();
    await clock.advance(10_000);
    const response = await browser.fetch('/auth/session');
    expect(response.json()).toEqual({ loggedIn: true, extensionId: '62181001', secondsLeft: 3590 });
    for (const secret of oauth.secrets) expect(response.body).not.toContain(secret);
  });

  it('of two tabs at once ends in both', async () => {
    const first = await browser.beginLogin('/first');
    const second = await browser.beginLogin('/second');
    expect((await browser.send(second)).headers.location).toBe(`${PUBLIC_URL}/second`);
    expect((await browser.send(first)).headers.location).toBe(`${PUBLIC_URL}/first`);
    expect((await browser.fetch('/probe')).json()).toMatchObject({ accepted: true });
  });

  it('has a caller of its own, which a refresh does not change', async () => {
    await browser.login();
    const other = new TestBrowser(gateway);
    await other.login();
    const before = (await browser.fetch('/probe')).json<{ caller: string }>();
    expect((await other.fetch('/probe')).json<{ caller: string }>().caller).not.toBe(before.caller);
    await clock.advance(3_550_000);
    expect((await browser.fetch('/probe')).json()).toEqual({ caller: before.caller, accepted: true });
    expect(oauth.refreshes).toBe(1);
  });

  it('is answered without a trace in any cache', async () => {
    const callback = await browser.beginLogin();
    for (const response of [
      await browser.send('/auth/login'),
      await browser.send(callback),
      await browser.send(callback),
      await browser.fetch('/auth/session'),
      await browser.send('/auth/session'),
      await browser.fetch('/auth/logout', 'POST'),
    ]) {
      expect(response.headers['cache-control']).toBe('no-store');
    }
  });

  it('that cannot be stored is not left open at RingCentral', async () => {
    const store = {
      ...createMemoryStore({ clock }),
      create: () => Promise.reject(new GatewayError('Gone.', { code: 'UPSTREAM_UNAVAILABLE' })),
    };
    gateway = createSessionGateway({ oauth, serverUrl, clock, store });
    browser = new TestBrowser(gateway);
    expect((await browser.login()).statusCode).toBe(503);
    expect(oauth.revoked).toHaveLength(1);
    expect(browser.cookies.size).toBe(0);
  });

  it('is not begun or ended by a HEAD', async () => {
    for (const path of ['/auth/login', '/auth/callback', '/auth/session']) {
      expect((await gateway.app.inject({ method: 'HEAD', url: path })).statusCode).toBe(404);
    }
  });
});

describe('a callback', () => {
  it('works once: a replay with every cookie of the first time is refused, with no token request', async () => {
    const callback = await browser.beginLogin();
    const copied = new Map(browser.cookies);
    await browser.send(callback);
    const sent = oauth.tokenRequests.length;
    const thief = new TestBrowser(gateway);
    for (const [name, value] of copied) thief.cookies.set(name, value);
    const replay = await thief.send(callback);
    expect([replay.statusCode, code(replay)]).toEqual([400, 'BAD_USER_INPUT']);
    expect(thief.cookies.has(SESSION)).toBe(false);
    expect(oauth.tokenRequests).toHaveLength(sent);
  });

  it('with a code that was used already logs nobody in', async () => {
    const used = new URL(await browser.beginLogin(), PUBLIC_URL).searchParams.get('code') ?? '';
    const callback = new URL(await browser.beginLogin(), PUBLIC_URL);
    callback.searchParams.set('code', used);
    const response = await browser.send(callback.pathname + callback.search);
    expect([response.statusCode, code(response)]).toEqual([401, 'UNAUTHENTICATED']);
    expect(browser.cookies.has(SESSION)).toBe(false);
    expect(gateway.events).toEqual([{ action: 'login', outcome: 'UNAUTHENTICATED' }]);
  });

  it('of a login that was begun in another browser is refused', async () => {
    const callback = await new TestBrowser(gateway).beginLogin();
    await browser.beginLogin();
    const response = await browser.send(callback);
    expect([response.statusCode, code(response)]).toEqual([400, 'BAD_USER_INPUT']);
    expect(browser.cookies.has(SESSION)).toBe(false);
    expect(oauth.tokenRequests).toHaveLength(0);
  });

  it.each([
    '',
    '?code=c',
    '?code=c&state=',
    '?code=c&state=wrong',
    '?state=a&state=b&code=c',
    '?code=c&state[]=a',
  ])('with %j is refused', async (query) => {
    await browser.beginLogin();
    const response = await browser.send(`/auth/callback${query}`);
    expect([response.statusCode, code(response)]).toEqual([400, 'BAD_USER_INPUT']);
    expect(oauth.tokenRequests).toHaveLength(0);
  });

  it('whose cookie was changed or cut is refused', async () => {
    const callback = await browser.beginLogin();
    const [[name = '', value = ''] = []] = browser.cookies;
    for (const broken of [
      value.slice(0, -1),
      value.slice(0, 20),
      `${value}A`,
      value.replace(/.$/, '!'),
      '',
    ]) {
      browser.cookies.set(name, broken);
      expect(code(await browser.send(callback))).toBe('BAD_USER_INPUT');
    }
    expect(oauth.tokenRequests).toHaveLength(0);
    browser.cookies.set(name, value);
    expect((await browser.send(callback)).statusCode).toBe(302);
  });

  it('after ten minutes is refused', async () => {
    const callback = await browser.beginLogin();
    await clock.advance(600_000);
    expect(code(await browser.send(callback))).toBe('BAD_USER_INPUT');
  });

  it('with a refusal of the user says so, in our words', async () => {
    const callback = new URL(await browser.beginLogin(), PUBLIC_URL);
    const state = callback.searchParams.get('state') ?? '';
    const response = await browser.send(
      `/auth/callback?state=${state}&error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E`,
    );
    expect([response.statusCode, code(response)]).toEqual([403, 'FORBIDDEN']);
    expect(response.body).not.toMatch(/script|access_denied/);
    expect(browser.cookies.size).toBe(0);
  });

  it.each([
    ['hang', 504, 'UPSTREAM_TIMEOUT'],
    ['lost', 503, 'UPSTREAM_UNAVAILABLE'],
    ['truncated', 503, 'UPSTREAM_UNAVAILABLE'],
    [503, 503, 'UPSTREAM_UNAVAILABLE'],
    ['html', 502, 'UPSTREAM_INVALID_RESPONSE'],
    ['invalid_client', 502, 'UPSTREAM_INVALID_RESPONSE'],
    [429, 429, 'RATE_LIMITED'],
  ] as const)(
    'that meets %j at the token endpoint is answered %i %s, and tried no second time',
    async (fault, status, expected) => {
      gateway = createSessionGateway({ oauth, serverUrl, clock, timeoutMs: 300 });
      browser = new TestBrowser(gateway);
      oauth.faults.push(fault);
      const response = await browser.send(await browser.beginLogin());
      expect([response.statusCode, code(response)]).toEqual([status, expected]);
      expect(oauth.tokenRequests).toHaveLength(1);
      expect(browser.cookies.size).toBe(0);
      for (const secret of [...oauth.secrets, OAuthStandIn.CLIENT_SECRET])
        expect(response.body).not.toContain(secret);
    },
  );

  it('during a penalty of the token endpoint sends nothing until it is over', async () => {
    oauth.faults.push(429);
    expect((await browser.send(await browser.beginLogin())).headers['retry-after']).toBe('60');
    await clock.advance(59_000);
    const early = await browser.send(await browser.beginLogin());
    expect([early.statusCode, early.headers['retry-after']]).toEqual([429, '1']);
    expect(oauth.tokenRequests).toHaveLength(1);
    await clock.advance(1000);
    expect((await browser.send(await browser.beginLogin())).statusCode).toBe(302);
  });

  it('with codes that are made up keeps nobody else from logging in', async () => {
    oauth.faults.push(429);
    const attacker = new TestBrowser(gateway);
    const callback = await attacker.beginLogin();
    expect((await attacker.send(callback, { 'x-client': 'attacker' })).statusCode).toBe(429);
    const again = await attacker.send(await attacker.beginLogin(), { 'x-client': 'attacker' });
    expect(code(again)).toBe('RATE_LIMITED');
    expect((await browser.send(await browser.beginLogin(), { 'x-client': 'honest' })).statusCode).toBe(302);
    expect(oauth.tokenRequests).toHaveLength(2);
  });

  it('is refused by the address that has sent thirty codes within a minute', async () => {
    for (let sent = 0; sent < 30; sent += 1) {
      const { statusCode } = await browser.send(await browser.beginLogin(), { 'x-client': 'busy' });
      expect(statusCode).toBe(302);
    }
    const refused = await browser.send(await browser.beginLogin(), { 'x-client': 'busy' });
    expect(refused.json()).toEqual({ code: 'LIMIT_EXCEEDED', handledBy: 'app' });
    expect(oauth.tokenRequests).toHaveLength(30);
    expect(gateway.events.at(-1)).toEqual({ action: 'login', outcome: 'LIMIT_EXCEEDED' });
    expect((await browser.send(await browser.beginLogin(), { 'x-client': 'other' })).statusCode).toBe(302);
  });
});
