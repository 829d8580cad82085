import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.js';
import { ManualClock } from '../support/manual-clock.js';
import { OAuthStandIn } from '../support/oauth-stand-in.js';
import { CHROMIUM, has } from '../support/requires.js';
import { createSessionGateway, type SessionGateway } from '../support/session-gateway.js';

interface FetchInit {
  readonly method?: 'POST';
  readonly headers: Record<string, string>;
  readonly credentials?: 'include';
}

/** What fetch said to a page: a status, or that the browser kept the answer from it. */
type Fetched = { status: number; body: Record<string, unknown> } | 'blocked';

describe.runIf(has('Chromium', CHROMIUM))('a login in a browser', () => {
  let browser: Browser;
  let context: BrowserContext;
  let clock: ManualClock;
  let oauth: OAuthStandIn;
  let gateway: SessionGateway;
  let foreign: Server;
  let own: string;
  /** `localhost` and `127.0.0.1` are two sites to a browser: as far apart as RingCentral and the app. */
  let elsewhere: string;

  beforeAll(async () => {
    browser = await launchBrowser();
    foreign = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<title>Elsewhere</title>');
    }).listen(0);
    await once(foreign, 'listening');
    elsewhere = `http://localhost:${String((foreign.address() as AddressInfo).port)}`;
  });
  afterAll(async () => {
    await browser.close();
    foreign.closeAllConnections();
    foreign.close();
  });
  beforeEach(async () => {
    clock = new ManualClock();
    oauth = new OAuthStandIn(clock);
    const serverUrl = (await oauth.start()).replace('127.0.0.1', 'localhost');
    own = `http://127.0.0.1:${String(await findFreePort())}`;
    gateway = createSessionGateway({ oauth, serverUrl, clock, publicUrl: own });
    gateway.app.get('/page', (_request, reply) => reply.type('text/html').send('<title>Own</title>'));
    await gateway.app.listen({ host: '127.0.0.1', port: Number(new URL(own).port) });
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    await gateway.app.close();
    await oauth.stop();
  });

  async function login(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${own}/auth/login?returnTo=${encodeURIComponent('/page?tab=1')}`);
    expect(page.url()).toBe(`${own}/page?tab=1`);
    return page;
  }

  /** As a page of the app would: the browser adds cookie, Origin and Sec-Fetch-Site. */
  const ask = (
    page: Page,
    path: string,
    init: FetchInit = { headers: { 'x-csrf': '1' } },
  ): Promise<Fetched> =>
    page.evaluate(
      async ([url, options]) => {
        try {
          const response = await fetch(url, options);
          const text = await response.text();
          return {
            status: response.status,
            body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
          };
        } catch {
          return 'blocked' as const;
        }
      },
      [own + path, init] as const,
    );

  it('comes back to the page that it began on, which then has a session and no way to read it', async () => {
    const page = await login();
    expect(await ask(page, '/probe')).toMatchObject({ body: { accepted: true } });
    expect(await ask(page, '/auth/session')).toMatchObject({
      body: { loggedIn: true, extensionId: oauth.ownerId },
    });
    expect(await page.evaluate('document.cookie')).toBe('');
    expect(await context.cookies(own)).toEqual([
      expect.objectContaining({ name: 'switchboard-session', httpOnly: true, sameSite: 'Strict', path: '/' }),
    ]);
  });

  it('in two tabs at once works in both', async () => {
    const pages = await Promise.all([login(), login()]);
    for (const page of pages) expect(await ask(page, '/probe')).toMatchObject({ body: { accepted: true } });
  });

  it('is renewed unseen under twenty requests at once, by one token request', async () => {
    const page = await login();
    await clock.advance(3_590_000);
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(page, '/probe')));
    for (const answer of answers) expect(answer).toMatchObject({ body: { accepted: true } });
    expect(oauth.refreshes).toBe(1);
  });

  it('ends with the logout: the cookie is gone, and useless to whoever kept it', async () => {
    const page = await login();
    const kept = await context.cookies(own);
    expect(await ask(page, '/auth/logout', { method: 'POST', headers: { 'x-csrf': '1' } })).toMatchObject({
      status: 204,
    });
    expect(await context.cookies(own)).toEqual([]);
    await context.addCookies(kept);
    expect(await ask(page, '/probe')).toMatchObject({ body: { accepted: false } });
    expect(oauth.revoked).toHaveLength(1);
  });

  it('is of no use to a page of another site, by fetch or by form', async () => {
    const page = await login();
    const attacker = await context.newPage();
    await attacker.goto(elsewhere);
    for (const headers of [{ 'x-csrf': '1' }, {}]) {
      expect(await ask(attacker, '/probe', { credentials: 'include', headers })).toBe('blocked');
      expect(await ask(attacker, '/auth/logout', { method: 'POST', credentials: 'include', headers })).toBe(
        'blocked',
      );
    }
    await attacker.setContent(
      `<form method="post" action="${own}/auth/logout"><button>Win a prize</button></form>`,
    );
    const [answer] = await Promise.all([
      attacker.waitForResponse(`${own}/auth/logout`),
      attacker.locator('button').click(),
    ]);
    expect(answer.headers()['set-cookie']).toBeUndefined();
    expect(await ask(page, '/probe')).toMatchObject({ body: { accepted: true } });
    expect(oauth.revoked).toHaveLength(0);
  });

  it('does not take a page without the header for the app', async () => {
    const page = await login();
    expect(await ask(page, '/auth/session', { headers: {} })).toMatchObject({ status: 403 });
  });
});

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
