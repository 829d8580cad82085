import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../support/manual-clock.js';
import { OAuthStandIn, type TokenFault } from '../support/oauth-stand-in.js';
import { createSessionGateway, TestBrowser, type SessionGateway } from '../support/session-gateway.js';

const HOUR = 3_600_000;

let clock: ManualClock;
let oauth: OAuthStandIn;
let gateway: SessionGateway;
let browser: TestBrowser;

beforeEach(async () => {
  clock = new ManualClock();
  oauth = new OAuthStandIn(clock);
  gateway = createSessionGateway({ oauth, serverUrl: await oauth.start(), clock, timeoutMs: 400 });
  browser = new TestBrowser(gateway);
  await browser.login();
});
afterEach(async () => {
  await gateway.sessions.stop();
  await gateway.app.close();
  await oauth.stop();
});

const probe = async () => (await browser.fetch('/probe')).json<Record<string, unknown>>();
const isLoggedIn = async () => (await browser.fetch('/auth/session')).json<{ loggedIn: boolean }>().loggedIn;

/** The session is kept alive for an hour less a moment, and its access token as good as over. */
async function nearExpiry(): Promise<void> {
  await clock.advance(HOUR - 30_000);
}

/** Past the access token's end, with the session used in between. */
async function pastExpiry(): Promise<void> {
  await clock.advance(HOUR / 2);
  await probe();
  await clock.advance(HOUR / 2);
}

describe('a session whose access token ends', () => {
  it('is renewed unseen, with one token request for twenty requests at once', async () => {
    await pastExpiry();
    const answers = await Promise.all(Array.from({ length: 20 }, probe));
    expect(answers.every(({ accepted }) => accepted === true)).toBe(true);
    expect(oauth.refreshes).toBe(1);
    expect(gateway.events.filter(({ action }) => action === 'refresh')).toEqual([
      { action: 'refresh', outcome: 'OK' },
    ]);
  });

  it('is renewed before the end, so that no request is refused', async () => {
    await nearExpiry();
    expect(await probe()).toMatchObject({ accepted: true });
    expect(oauth.refreshes).toBe(1);
  });

  it('is renewed again and again, until it has lasted its whole time', async () => {
    for (let hours = 0; hours < 11.5; hours += 0.5) {
      await clock.advance(HOUR / 2);
      expect(await probe()).toMatchObject({ accepted: true });
    }
    await clock.advance(HOUR / 2);
    expect(await probe()).toMatchObject({ caller: null });
    expect(await isLoggedIn()).toBe(false);
  });

  it('ends when nobody uses it for an hour; asking how long it lasts is no use', async () => {
    await clock.advance(HOUR - 1000);
    expect(await isLoggedIn()).toBe(true);
    await clock.advance(1000);
    expect(await isLoggedIn()).toBe(false);
    expect(await probe()).toMatchObject({ caller: null });
  });

  it('shows a failing token request only once the old token is of no use', async () => {
    await nearExpiry();
    oauth.faults.push(503);
    expect(await probe()).toMatchObject({ accepted: true });
    await clock.advance(30_000);
    oauth.faults.push(503);
    expect(await probe()).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await probe()).toMatchObject({ accepted: true });
  });
});

describe('a token that RingCentral refuses before its end', () => {
  it('is renewed once when the login goes on', async () => {
    oauth.forgetAccessTokens();
    const refused = await Promise.all(Array.from({ length: 5 }, probe));
    expect(refused.every(({ accepted }) => accepted === true)).toBe(true);
    expect(oauth.refreshes).toBe(1);
  });

  it('ends the session when the login is over, and asks once', async () => {
    oauth.endAll();
    expect(await probe()).toMatchObject({ accepted: false });
    expect(await isLoggedIn()).toBe(false);
    expect(await probe()).toMatchObject({ caller: null });
    expect(oauth.refreshes).toBe(1);
  });
});

describe('a token request', () => {
  it.each(['lost', 'truncated', 'hang'] as const)(
    'whose answer is %s is sent once more, and the session goes on',
    async (fault) => {
      await pastExpiry();
      oauth.faults.push(fault);
      expect(await probe()).toMatchObject({ accepted: true });
      expect(oauth.refreshes).toBe(2);
      const [first, second] = oauth.tokenRequests.slice(-2).map((form) => form.get('refresh_token'));
      expect(second).toBe(first);
    },
  );

  it.each([
    { faults: ['lost', 'lost'], code: 'UPSTREAM_UNAVAILABLE' },
    { faults: ['hang', 'hang'], code: 'UPSTREAM_TIMEOUT' },
    { faults: [503], code: 'UPSTREAM_UNAVAILABLE' },
    { faults: ['html'], code: 'UPSTREAM_INVALID_RESPONSE' },
    { faults: ['invalid_client'], code: 'UPSTREAM_INVALID_RESPONSE' },
    { faults: [429], code: 'RATE_LIMITED' },
  ] satisfies { faults: TokenFault[]; code: string }[])(
    'that meets $faults is $code, and logs nobody out',
    async ({ faults, code }) => {
      await pastExpiry();
      oauth.faults.push(...faults);
      expect(await probe()).toMatchObject({ code });
      expect(oauth.refreshes).toBe(faults.length);
      await clock.advance(60_000);
      expect(await isLoggedIn()).toBe(true);
      expect(await probe()).toMatchObject({ accepted: true });
    },
  );

  it('after a 429 is not sent until its time has passed', async () => {
    await pastExpiry();
    oauth.faults.push(429);
    for (const waitMs of [0, 30_000, 29_000]) {
      await clock.advance(waitMs);
      expect(await probe()).toMatchObject({ code: 'RATE_LIMITED' });
    }
    expect(oauth.refreshes).toBe(1);
    await clock.advance(1000);
    expect(await probe()).toMatchObject({ accepted: true });
    expect(oauth.refreshes).toBe(2);
  });

  it('under way when the gateway stops is stored before', async () => {
    await pastExpiry();
    let open: () => void = () => undefined;
    oauth.gate = new Promise((resolve) => {
      open = resolve;
    });
    const answer = probe();
    await expect.poll(() => oauth.refreshes).toBe(1);
    const stopped = gateway.sessions.stop();
    open();
    await stopped;
    expect(await answer).toMatchObject({ accepted: true });
  });
});

describe('a logout during a refresh', () => {
  it('leaves nobody logged in, here or at RingCentral', async () => {
    await pastExpiry();
    let open: () => void = () => undefined;
    oauth.gate = new Promise((resolve) => {
      open = resolve;
    });
    const cookies = new Map(browser.cookies);
    const answer = probe();
    await expect.poll(() => oauth.refreshes).toBe(1);
    await browser.fetch('/auth/logout', 'POST');
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    open();
    expect(await answer).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await isLoggedIn()).toBe(false);
    for (const token of oauth.secrets) expect(oauth.accepts(token)).toBe(false);
  });
});
