import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../support/manual-clock.js';
import { OAuthStandIn } from '../support/oauth-stand-in.js';
import {
  createSessionGateway,
  PUBLIC_URL,
  TestBrowser,
  type SessionGateway,
} from '../support/session-gateway.js';

const SESSION = '__Host-switchboard-session';
const ELSEWHERE = 'https://elsewhere.example';

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

describe('an attacker', () => {
  it('cannot fix the session: a planted cookie is not taken over', async () => {
    const planted = 'A'.repeat(43);
    browser.cookies.set(SESSION, planted);
    await browser.login();
    expect(browser.cookies.get(SESSION)).not.toBe(planted);
    const thief = new TestBrowser(gateway);
    thief.cookies.set(SESSION, planted);
    expect((await thief.fetch('/probe')).json()).toMatchObject({ accepted: false });
  });

  it('cannot fix the session with his own: each login has a new one', async () => {
    await browser.login();
    const first = browser.cookies.get(SESSION);
    await browser.login();
    expect(browser.cookies.get(SESSION)).not.toBe(first);
  });

  it.each([
    '//elsewhere.example',
    'https://elsewhere.example',
    '/\\elsewhere.example',
    '/.//elsewhere.example',
  ])('cannot send the browser elsewhere with returnTo=%s', async (returnTo) => {
    const { location } = (await browser.login(returnTo)).headers;
    expect(new URL(location ?? '', ELSEWHERE).origin).toBe(PUBLIC_URL);
  });

  it('cannot write a header with returnTo', async () => {
    const begun = await browser.send('/auth/login?returnTo=/%0d%0aSet-Cookie:%20a=b');
    expect([begun.headers['set-cookie']].flat()).toHaveLength(1);
    expect((await browser.login('/\r\nSet-Cookie: a=b')).headers.location).toBe(`${PUBLIC_URL}/`);
  });

  it('has nothing from a changed, cut, doubled or invented cookie', async () => {
    await browser.login();
    const good = browser.cookies.get(SESSION) ?? '';
    const thief = new TestBrowser(gateway);
    for (const bad of [
      good.slice(0, -1),
      `${good}A`,
      good.replace(/./, (first) => (first === 'A' ? 'B' : 'A')),
      `${good}; ${SESSION}=${good}`,
      `"${good}"`,
      '',
      'B'.repeat(43),
      'x'.repeat(5000),
    ]) {
      thief.cookies.set(SESSION, bad);
      expect((await thief.fetch('/probe')).json()).toEqual({ caller: null, accepted: false });
      expect((await thief.fetch('/auth/session')).json()).toEqual({ loggedIn: false });
    }
    expect((await browser.fetch('/probe')).json()).toMatchObject({ accepted: true });
  });

  it.each([
    { name: 'without the header', headers: {} },
    {
      name: 'of a foreign page',
      headers: { 'x-csrf': '1', origin: ELSEWHERE, 'sec-fetch-site': 'cross-site' },
    },
    { name: 'of a foreign form', headers: { origin: ELSEWHERE, 'content-type': 'text/plain' } },
    { name: 'of a sandboxed frame', headers: { 'x-csrf': '1', origin: 'null' } },
    { name: 'of a sibling domain', headers: { 'x-csrf': '1', 'sec-fetch-site': 'same-site' } },
  ])('gets FORBIDDEN for a request $name, and logs nobody out', async ({ headers }) => {
    await browser.login();
    const received = browser.received.length;
    for (const response of [
      await browser.send('/auth/logout', headers, 'POST'),
      await browser.send('/auth/session', headers),
    ]) {
      expect([response.statusCode, code(response)]).toEqual([403, 'FORBIDDEN']);
    }
    expect((await browser.send('/probe', headers)).json()).toEqual({ code: 'FORBIDDEN', handledBy: 'app' });
    expect(browser.received).toHaveLength(received);
    expect((await browser.fetch('/probe')).json()).toMatchObject({ accepted: true });
    expect(gateway.events.filter((event) => event.action === 'guard')).toHaveLength(3);
  });

  it('cannot take the cookie away by a form that comes without it', async () => {
    const response = await gateway.app.inject({
      method: 'POST',
      url: '/auth/logout',
      headers: { origin: ELSEWHERE },
    });
    expect(response.headers['set-cookie']).toBeUndefined();
  });
});
