import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../support/manual-clock.js';
import { OAuthStandIn } from '../support/oauth-stand-in.js';
import { createSessionGateway, TestBrowser, type SessionGateway } from '../support/session-gateway.js';

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

describe('a logout', () => {
  it('makes the old cookie useless and revokes the login', async () => {
    await browser.login();
    const old = browser.cookies.get(SESSION) ?? '';
    const { caller } = (await browser.fetch('/probe')).json<{ caller: string }>();
    const response = await browser.fetch('/auth/logout', 'POST');
    expect(response.statusCode).toBe(204);
    expect(browser.cookies.size).toBe(0);
    expect(oauth.revoked).toHaveLength(1);
    expect(gateway.ended).toEqual([caller]);
    browser.cookies.set(SESSION, old);
    expect((await browser.fetch('/probe')).json()).toEqual({ caller: null, accepted: false });
    expect((await browser.fetch('/auth/session')).json()).toEqual({ loggedIn: false });
    expect(gateway.events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      'login OK',
      'revoke OK',
      'logout OK',
    ]);
  });

  it('is a logout though RingCentral fails, and revokes no second time', async () => {
    await browser.login();
    oauth.revokeStatus = 500;
    expect((await browser.fetch('/auth/logout', 'POST')).statusCode).toBe(204);
    expect((await browser.fetch('/auth/logout', 'POST')).statusCode).toBe(204);
    expect((await browser.fetch('/auth/session')).json()).toEqual({ loggedIn: false });
    expect(oauth.revoked).toHaveLength(1);
    expect(gateway.events.at(1)).toEqual({ action: 'revoke', outcome: 'UPSTREAM_UNAVAILABLE' });
  });

  it('sends nothing upstream during a penalty', async () => {
    await browser.login();
    await clock.advance(3_550_000);
    oauth.faults.push(429);
    await browser.fetch('/probe');
    expect((await browser.fetch('/auth/logout', 'POST')).statusCode).toBe(204);
    expect(oauth.revoked).toHaveLength(0);
  });

  it('without a session is nothing', async () => {
    const response = await browser.send('/auth/logout', {}, 'POST');
    expect([response.statusCode, response.headers['set-cookie']]).toEqual([204, undefined]);
  });
});

describe('a failure that is not ours', () => {
  it('is left to the app, which masks it', async () => {
    const response = await gateway.app.inject({
      method: 'POST',
      url: '/auth/logout',
      headers: { 'content-type': 'application/json' },
      payload: '{',
    });
    expect(response.json()).toEqual({ code: 'INTERNAL_SERVER_ERROR', handledBy: 'app' });
  });
});
