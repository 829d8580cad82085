import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../src/lib/clock.js';
import { createRedisStore } from '../../src/server/session/redis-store.js';
import { OAuthStandIn } from '../support/oauth-stand-in.js';
import { startProcess } from '../support/process.js';
import { startRedisServer, type RedisServer } from '../support/redis-server.js';
import { has, REDIS_SERVER } from '../support/requires.js';
import { createSessionGateway, TestBrowser, type SessionGateway } from '../support/session-gateway.js';
import { describeStore } from '../unit/server/session/store-contract.js';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const SESSION = '__Host-switchboard-session';

describe.skipIf(!has('redis-server', REDIS_SERVER))('sessions in Redis', () => {
  let server: RedisServer;
  let redis: Redis;
  let oauth: OAuthStandIn;
  let serverUrl: string;
  let aheadMs = 0;
  /** Redis's own time cannot be moved; what the gateway takes for now can. */
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + aheadMs };
  const opened: { redis: Redis; gateway: SessionGateway }[] = [];

  beforeAll(async () => {
    server = await startRedisServer();
    redis = new Redis(server.port);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    aheadMs = 0;
    await redis.flushall();
    oauth = new OAuthStandIn(clock);
    serverUrl = await oauth.start();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(stop));
    await oauth.stop();
  });

  /** A gateway process with a connection of its own. */
  function start(secrets = [A]): SessionGateway {
    const own = new Redis(server.port);
    own.on('error', () => undefined);
    const store = createRedisStore({ redis: own, clock });
    const gateway = createSessionGateway({ oauth, serverUrl, clock, store, secrets, timeoutMs: 2000 });
    opened.push({ redis: own, gateway });
    return gateway;
  }
  async function stop({ redis: own, gateway }: { redis: Redis; gateway: SessionGateway }): Promise<void> {
    await gateway.sessions.stop();
    await gateway.app.close();
    own.disconnect();
  }
  const probe = async (browser: TestBrowser) =>
    (await browser.fetch('/probe')).json<Record<string, unknown>>();

  describeStore('the store in Redis', async () => {
    await redis.flushall();
    const pass = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms + 20));
    return { store: createRedisStore({ redis, clock: systemClock }), pass };
  });

  it('outlive a restart of the gateway', async () => {
    const browser = new TestBrowser(start());
    await browser.login();
    const { caller } = await probe(browser);
    await Promise.all(opened.splice(0).map(stop));
    browser.moveTo(start());
    expect(await probe(browser)).toEqual({ caller, accepted: true });
  });

  it('outlive a change of SESSION_SECRET from A to B,A to B', async () => {
    const browser = new TestBrowser(start([A]));
    await browser.login();
    for (const secrets of [[B, A], [B]]) {
      await Promise.all(opened.splice(0).map(stop));
      browser.moveTo(start(secrets));
      expect(await probe(browser)).toMatchObject({ accepted: true });
    }
  });

  it('are UPSTREAM_UNAVAILABLE on a replica that does not have their secret, and live on elsewhere', async () => {
    const browser = new TestBrowser(start([A]));
    await browser.login();
    const rotated = start([B, A]);
    browser.moveTo(rotated);
    expect(await probe(browser)).toMatchObject({ accepted: true });
    browser.moveTo(start([A]));
    expect(await probe(browser)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    const [session, logout] = [
      await browser.fetch('/auth/session'),
      await browser.fetch('/auth/logout', 'POST'),
    ];
    expect([session.statusCode, logout.statusCode]).toEqual([503, 503]);
    expect(browser.cookies.has(SESSION)).toBe(true);
    expect(oauth.revoked).toEqual([]);
    browser.moveTo(rotated);
    expect(await probe(browser)).toMatchObject({ accepted: true });
    expect((await browser.fetch('/auth/logout', 'POST')).statusCode).toBe(204);
    expect(oauth.revoked).toHaveLength(1);
  });

  it('outlive a rotation in four steps while replicas of two steps serve', async () => {
    const steps = [[A], [A, B], [B, A], [B]];
    const browser = new TestBrowser(start(steps[0]));
    await browser.login();
    for (const secrets of steps.slice(1)) {
      const next = start(secrets);
      const before = opened.at(-2)?.gateway ?? next;
      for (const gateway of [next, before, next]) {
        browser.moveTo(gateway);
        expect(await probe(browser)).toMatchObject({ accepted: true });
      }
    }
  });

  it('are logged in where the callback arrives at another replica than the login', async () => {
    const browser = new TestBrowser(start());
    const callback = await browser.beginLogin();
    browser.moveTo(start());
    expect((await browser.send(callback)).statusCode).toBe(302);
    expect(await probe(browser)).toMatchObject({ accepted: true });
  });

  it('refuse a replayed callback on every replica', async () => {
    const browser = new TestBrowser(start());
    const callback = await browser.beginLogin();
    const thief = new TestBrowser(start());
    for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
    const answers = await Promise.all([browser.send(callback), thief.send(callback)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([302, 400]);
    expect(oauth.tokenRequests).toHaveLength(1);
  });

  it('are renewed by one token request for twenty requests at once on two replicas', async () => {
    const browsers = [new TestBrowser(start()), new TestBrowser(start())] as const;
    await browsers[0].login();
    browsers[1].cookies.set(SESSION, browsers[0].cookies.get(SESSION) ?? '');
    aheadMs = 3_600_000;
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => probe(browsers[at % 2 === 0 ? 0 : 1])),
    );
    expect(answers.every(({ accepted }) => accepted === true)).toBe(true);
    expect(oauth.refreshes).toBe(1);
  });

  it('are ended on every replica by a logout on one', async () => {
    const browser = new TestBrowser(start());
    await browser.login();
    const other = new TestBrowser(start());
    other.cookies.set(SESSION, browser.cookies.get(SESSION) ?? '');
    expect(await probe(other)).toMatchObject({ accepted: true });
    await browser.fetch('/auth/logout', 'POST');
    expect(await probe(other)).toEqual({ caller: null, accepted: false });
  });

  it('show Redis neither id nor token', async () => {
    const browser = new TestBrowser(start());
    await browser.login();
    aheadMs = 3_600_000;
    await probe(browser);
    const secrets = [...oauth.secrets, browser.cookies.get(SESSION) ?? '', oauth.ownerId];
    expect(secrets.length).toBeGreaterThan(5);
    const seen: string[] = [];
    for (const key of await redis.keys('*')) {
      const value = (await redis.type(key)) === 'hash' ? await redis.hgetall(key) : await redis.get(key);
      seen.push(key, JSON.stringify(value));
      expect(await redis.pttl(key)).toBeGreaterThan(0);
    }
    expect(seen.length).toBeGreaterThan(2);
    for (const secret of secrets) expect(seen.join('\n')).not.toContain(secret);
  });

  it('cannot be swapped: the record of one user in the place of another opens for neither', async () => {
    const gateway = start();
    const victim = new TestBrowser(gateway);
    const thief = new TestBrowser(gateway);
    await victim.login();
    const [victimKey = ''] = await redis.keys('switchboard:session:*');
    await thief.login();
    const thiefKey = (await redis.keys('switchboard:session:*')).find((key) => key !== victimKey) ?? '';
    await redis.copy(victimKey, thiefKey, 'REPLACE');
    expect(await probe(thief)).toEqual({ caller: null, accepted: false });
    expect(await probe(victim)).toMatchObject({ accepted: true });
  });

  it('are UPSTREAM_UNAVAILABLE while Redis hangs, and there again when it is back', async () => {
    const browser = new TestBrowser(start());
    await browser.login();
    const begun = await browser.beginLogin();
    server.pause();
    try {
      const [answer, session, logout, callback] = await Promise.all([
        probe(browser),
        browser.fetch('/auth/session'),
        browser.fetch('/auth/logout', 'POST'),
        browser.send(begun),
      ]);
      expect(answer).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect([session, logout, callback].map(({ statusCode }) => statusCode)).toEqual([503, 503, 503]);
    } finally {
      server.resume();
    }
    expect(browser.cookies.has(SESSION)).toBe(true);
    await expect.poll(() => probe(browser)).toMatchObject({ accepted: true });
  });

  it('are UPSTREAM_UNAVAILABLE without a connection', async () => {
    const browser = new TestBrowser(start());
    await browser.login();
    opened[0]?.redis.disconnect();
    expect(await probe(browser)).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  it('end with the process, which says in one line each what it lost', async () => {
    const own = await startRedisServer();
    const { url, child, exited, output } = await startProcess({
      REDIS_URL: own.url,
      CALLER_KEY: 'key-of-callers-0123456789',
      RINGCENTRAL_SERVER_URL: serverUrl,
      RINGCENTRAL_CLIENT_ID: OAuthStandIn.CLIENT_ID,
      RINGCENTRAL_CLIENT_SECRET: OAuthStandIn.CLIENT_SECRET,
      PUBLIC_URL: 'https://app.example.com',
      SESSION_SECRET: A,
    });
    expect(url).toBeDefined();
    await own.stop();
    await expect.poll(output).toContain('redis-lost');
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    for (const line of output().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
  });
});
