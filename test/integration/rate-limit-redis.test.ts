import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RateLimitedError } from '../../src/errors.js';
import { systemClock } from '../../src/lib/clock.js';
import { connectRedis } from '../../src/redis.js';
import { createBudget, type Budget, type Reservation } from '../../src/upstream/rate-limit.js';
import { createSharedStore } from '../../src/upstream/shared-store.js';
import { startRedisServer, type RedisServer } from '../support/redis-server.js';
import { has, REDIS_SERVER } from '../support/requires.js';

/** Short, so that a window can be waited out. */
const LIGHT = { group: 'light', limit: 10, windowSeconds: 1 };
const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
const pass = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Replica {
  readonly budget: Budget;
  readonly redis: Redis;
  readonly failures: unknown[];
}

describe.skipIf(!has('redis-server', REDIS_SERVER))('the budget of several replicas', () => {
  let server: RedisServer;
  let observer: Redis;
  const replicas: Replica[] = [];

  beforeAll(async () => {
    server = await startRedisServer();
    observer = new Redis(server.port, { retryStrategy: () => 50 });
    observer.on('error', () => undefined);
  });
  afterAll(async () => {
    observer.disconnect();
    await server.stop();
  });
  beforeEach(async () => {
    await observer.flushall();
  });
  afterEach(() => {
    for (const { budget, redis } of replicas.splice(0)) {
      budget.close();
      redis.disconnect();
    }
  });

  /** Waits longer than the gateway would, so that a busy machine fails no test. */
  const connectPatiently = () => {
    const redis = new Redis(server.port, { enableOfflineQueue: false });
    redis.on('error', () => undefined);
    return redis;
  };
  const connect = () => connectRedis(server.url, () => undefined);

  /** So many gateway processes with a connection of their own each. */
  async function start(count: number, connection = connectPatiently): Promise<Replica[]> {
    for (let index = 0; index < count; index += 1) {
      const failures: unknown[] = [];
      const redis = connection();
      const store = createSharedStore(systemClock, (error) => failures.push(error));
      replicas.push({
        redis,
        failures,
        budget: createBudget({ clock: systemClock, callTimeoutMs: 1000, shared: { redis, store } }),
      });
    }
    await connected();
    return replicas;
  }
  async function connected(): Promise<void> {
    await expect
      .poll(async () => (await observer.pubsub('NUMSUB', 'sb:rl:freezes'))[1], { interval: 5, timeout: 5000 })
      .toBe(replicas.length);
    await expect
      .poll(() => replicas.every(({ redis }) => redis.status === 'ready'), { interval: 5 })
      .toBe(true);
  }

  /** All that replicas have told Redis so far has arrived. */
  const told = () => Promise.all(replicas.map(({ redis }) => redis.ping()));

  const reserve = ({ budget }: Replica, maxWaitMs = 0, caller = 'caller') =>
    budget.reserve(caller, 'getOne', 'light', { maxWaitMs });
  async function send(replica: Replica): Promise<Reservation> {
    const reservation = await reserve(replica);
    reservation.sent();
    return reservation;
  }
  /** Asks so many times at once; who is not refused. */
  async function reserveMany(replica: Replica, count: number): Promise<Reservation[]> {
    const all = await Promise.allSettled(Array.from({ length: count }, () => reserve(replica)));
    return all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }
  /** Lets replicas and Redis know the limit. */
  async function warm(all: Replica[]): Promise<void> {
    for (const [index, replica] of all.entries()) {
      (await send(replica)).answered(200, { ...LIGHT, remaining: LIGHT.limit - 1 - index });
    }
    await told();
  }
  async function lose({ redis }: Replica): Promise<void> {
    const ended = new Promise((resolve) => redis.once('end', resolve));
    redis.disconnect();
    await ended;
  }
  /** One slow command, after which the replica leaves Redis alone for a second. */
  async function hiccup(replica: Replica): Promise<void> {
    await told();
    server.pause();
    try {
      (await reserve(replica, 0, 'somebody else')).release();
    } finally {
      server.resume();
    }
    expect(replica.failures).toHaveLength(1);
  }
  const refusalOf = async (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => (error as RateLimitedError).extensions.retryAfterSeconds,
    );

  it('is one: together they send no more than upstream allows', async () => {
    const [a, b] = (await start(2)) as [Replica, Replica];
    await warm([a, b]);
    const granted = await Promise.all([reserveMany(a, 8), reserveMany(b, 8)]);
    expect(granted.flat()).toHaveLength(8);
  });

  it('is not asked for more than five calls at once before the first answer', async () => {
    const [a, b] = (await start(2)) as [Replica, Replica];
    const granted: Reservation[] = [];
    const asked = [a, b].flatMap((replica) => Array.from({ length: 5 }, () => reserve(replica)));
    for (const one of asked) void one.then((reservation) => granted.push(reservation));
    await pass(120);
    expect(granted).toHaveLength(5);
    for (const reservation of granted) reservation.sent();
    granted[0]?.answered(200, { ...LIGHT, remaining: 9 });
    await Promise.all(asked);
    expect(granted).toHaveLength(10);
  });

  it('knows on one what an answer told another of the remainder', async () => {
    const [a, b] = (await start(2)) as [Replica, Replica];
    await warm([a, b]);
    (await send(a)).answered(200, { ...LIGHT, remaining: 2 });
    await told();
    expect(await reserveMany(b, 8)).toHaveLength(2);
  });

  it('is not taken for more when parallel calls are answered in another order than they were sent', async () => {
    const [a, b] = (await start(2)) as [Replica, Replica];
    const slow = { ...LIGHT, windowSeconds: 60 };
    const all = await Promise.all([send(a), send(a)]);
    // Someone else uses the same budget, and the second was the first to arrive upstream.
    all[0].answered(200, { ...slow, remaining: 3 });
    all[1].answered(200, { ...slow, remaining: 4 });
    await told();
    const more = await reserveMany(b, 5);
    expect(more).toHaveLength(3);
    for (const one of more) one.sent();
    more[1]?.answered(200, { ...slow, remaining: 2 });
    await told();
    expect(await reserveMany(a, 5)).toHaveLength(0);
  });

  it('gets a place back that was taken and never used', async () => {
    const [a, b] = (await start(2)) as [Replica, Replica];
    await warm([a, b]);
    const held = await reserveMany(a, 8);
    expect(await refusalOf(reserve(b))).toBe(1);
    held[0]?.release();
    await told();
    await expect(reserve(b)).resolves.toBeDefined();
  });

  it('hears an abort while it is asked', async () => {
    const [a, b] = (await start(2)) as [Replica, Replica];
    await warm([a, b]);
    const held = await reserveMany(a, 7);
    const controller = new AbortController();
    const { signal } = controller;
    const asked = [0, 1].map(() =>
      b.budget.reserve('caller', 'getOne', 'light', { signal, maxWaitMs: 3000 }),
    );
    controller.abort();
    const began = systemClock.now();
    for (const one of asked) await expect(one).rejects.toBe(signal.reason);
    expect(systemClock.now() - began).toBeLessThan(200);
    await told();
    expect([held.length, (await reserveMany(a, 3)).length]).toEqual([7, 1]);
  });

  it('returns to all when the window has passed', async () => {
    const [a, b] = (await start(2)) as [Replica, Replica];
    await warm([a, b]);
    for (const held of await reserveMany(a, 8)) {
      held.sent();
      held.answered(200, {});
    }
    await told();
    const began = systemClock.now();
    const all = await Promise.all(Array.from({ length: 5 }, () => reserve(b, 3000)));
    expect(all).toHaveLength(5);
    expect(systemClock.now() - began).toBeGreaterThan(900);
    expect(systemClock.now() - began).toBeLessThan(1500);
  });

  it('counts where it belongs when the first guess of the group was wrong', async () => {
    const [a, b] = (await start(2)) as [Replica, Replica];
    const heavy = { group: 'heavy', limit: 3, windowSeconds: 1 };
    (await send(a)).answered(200, { ...heavy, remaining: 2 });
    (await send(b)).answered(200, { ...heavy, remaining: 1 });
    await told();
    expect(await observer.zcard('sb:rl:{caller}:light:calls')).toBe(0);
    expect(await observer.zcard('sb:rl:{caller}:heavy:calls')).toBe(2);
    const granted = await Promise.all([reserveMany(a, 3), reserveMany(b, 3)]);
    expect(granted.flat()).toHaveLength(1);
  });

  it('has no limit where answers tell of none', async () => {
    const [a, b] = (await start(2)) as [Replica, Replica];
    for (const replica of [a, b]) {
      for (let answers = 0; answers < 10; answers += 1) (await send(replica)).answered(200, {});
    }
    await told();
    expect(await reserveMany(a, 100)).toHaveLength(100);
  });

  it('is shown on one as another has used it up', async () => {
    const [a, b] = (await start(2)) as [Replica, Replica];
    const slow = { ...LIGHT, windowSeconds: 60 };
    (await send(a)).answered(200, { ...slow, remaining: 3 });
    await told();
    (await reserve(b)).release();
    expect(b.budget.snapshot('caller')).toMatchObject([{ group: 'light', limit: 10, remaining: 2 }]);
    (await send(a)).answered(200, { ...slow, remaining: 0 });
    await told();
    await refusalOf(reserve(b));
    expect(b.budget.snapshot('caller')).toMatchObject([
      { group: 'light', limit: 10, remaining: 0, windowSeconds: 60, resetAt: expect.any(Number) as number },
    ]);
  });

  it('is not waited for by who knows it, though Redis was not told of it', async () => {
    const [a, b] = (await start(2, connect)) as [Replica, Replica];
    const under = await Promise.all([1, 2, 3, 4, 5].map(() => send(a)));
    await lose(a);
    for (const one of under) one.answered(200, { ...LIGHT, limit: 50, remaining: 40 });
    await a.redis.connect();
    const began = systemClock.now();
    (await send(a)).release();
    expect(systemClock.now() - began).toBeLessThan(40);
    // What was lost holds up who knows nothing for the time of a call, and no longer.
    expect(await observer.zcard('sb:rl:{caller}:light:calls')).toBe(5);
    await reserve(b);
    expect(systemClock.now() - began).toBeLessThan(1500);
  });

  it('hears of the end of calls though it leaves Redis alone just then', async () => {
    const [a, b] = (await start(2, connect)) as [Replica, Replica];
    const under = await Promise.all([1, 2, 3, 4, 5].map(() => send(a)));
    await hiccup(a);
    for (const one of under) one.answered(200, { ...LIGHT, limit: 50, remaining: 40 });
    await pass(5);
    const began = systemClock.now();
    await reserve(b);
    expect(systemClock.now() - began).toBeLessThan(40);
  });

  describe('after a 429 on one', () => {
    it('no other starts a call 50 ms later, not even one that has its place', async () => {
      const [a, b] = (await start(2)) as [Replica, Replica];
      await warm([a, b]);
      const refused = await send(a);
      const [early, late] = await reserveMany(b, 2);
      early?.sent();
      refused.answered(429, { ...LIGHT, retryAfterSeconds: 2 });
      const began = systemClock.now();
      while (!b.budget.isFrozen('caller', 'getOne', 'light')) await pass(1);
      expect(systemClock.now() - began).toBeLessThan(50);
      expect(() => late?.sent()).toThrow(RateLimitedError);
      expect(await refusalOf(reserve(b))).toBe(2);
      await expect(reserve(b, 0, 'other')).resolves.toBeDefined();
    });

    it('a replica that never heard of the caller starts none either', async () => {
      const [a] = (await start(1)) as [Replica];
      (await send(a)).answered(429, { ...LIGHT, retryAfterSeconds: 2 });
      const [, b] = (await start(1)) as [Replica, Replica];
      expect(await refusalOf(reserve(b))).toBe(2);
      expect(b.budget.snapshot('caller')).toMatchObject([{ group: 'light' }]);
    });

    it('no other starts a call, though the one leaves Redis alone just then', async () => {
      const [a, b] = (await start(2, connect)) as [Replica, Replica];
      await warm([a, b]);
      const refused = await send(a);
      await hiccup(a);
      refused.answered(429, { ...LIGHT, retryAfterSeconds: 2 });
      await expect.poll(() => b.budget.isFrozen('caller', 'getOne', 'light'), { interval: 1 }).toBe(true);
    });

    it('the others are told by itself once the one that had lost Redis has it back', async () => {
      const [a, b] = (await start(2, connect)) as [Replica, Replica];
      const refused = await send(a);
      await lose(a);
      refused.answered(429, { ...LIGHT, retryAfterSeconds: 60 });
      await a.redis.connect();
      await expect.poll(() => b.budget.isFrozen('caller', 'getOne', 'light'), { interval: 1 }).toBe(true);
    });

    it('and the loss of the first call after it, the next one goes alone, over all', async () => {
      const [a, b] = (await start(2)) as [Replica, Replica];
      (await send(a)).answered(429, { ...LIGHT, retryAfterSeconds: 1 });
      await pass(1050);
      const probe = await reserve(a);
      probe.sent();
      probe.lost();
      await told();
      const next = await reserve(b);
      const granted: Reservation[] = [];
      void reserve(a).then((reservation) => granted.push(reservation));
      await pass(120);
      expect(granted).toEqual([]);
      next.sent();
      next.answered(200, { ...LIGHT, remaining: 9 });
      await expect.poll(() => granted.length, { interval: 5 }).toBe(1);
    });

    it('one call of all goes first when it is over, the rest after its answer', async () => {
      const [a, b] = (await start(2)) as [Replica, Replica];
      await warm([a, b]);
      (await send(a)).answered(429, { ...LIGHT, retryAfterSeconds: 1 });
      const granted: Reservation[] = [];
      const asked = [a, b, a, b].map((replica) => reserve(replica, 3000));
      for (const one of asked) void one.then((reservation) => granted.push(reservation));
      await pass(1200);
      expect(granted).toHaveLength(1);
      granted[0]?.sent();
      granted[0]?.answered(200, { ...LIGHT, remaining: 9 });
      // The other replica's first call after its own freeze goes alone, too.
      while (granted.length < 4) {
        await pass(5);
        for (const one of granted.slice(1)) {
          one.sent();
          one.answered(200, LIGHT);
        }
      }
      await Promise.all(asked);
    });
  });

  describe('while Redis is away', () => {
    /** How long so many reservations take, one after the other. */
    async function time(replica: Replica, times: number): Promise<number[]> {
      const took: number[] = [];
      for (let index = 0; index < times; index += 1) {
        const began = systemClock.now();
        const reservation = await reserve(replica);
        reservation.sent();
        reservation.answered(200, { ...LIGHT, limit: 1000 });
        took.push(systemClock.now() - began);
      }
      return took;
    }
    /** The time until the replicas share again. */
    async function shares(replica: Replica): Promise<number> {
      const began = systemClock.now();
      await expect
        .poll(
          async () => {
            (await reserve(replica)).release();
            return observer.exists('sb:rl:{caller}:light');
          },
          { interval: 10, timeout: 5000 },
        )
        .toBe(1);
      return systemClock.now() - began;
    }

    it('hanging, one call waits 50 ms, the next ones none, and it comes back by itself', async () => {
      const [a, b] = (await start(2, connect)) as [Replica, Replica];
      const sent = await a.budget.reserve('frozen', 'getOne', 'light');
      sent.sent();
      await time(a, 1);
      server.pause();
      let took: number[];
      try {
        took = await time(a, 20);
        sent.answered(429, { ...LIGHT, retryAfterSeconds: 60 });
      } finally {
        server.resume();
      }
      expect(sum(took)).toBeLessThan(300);
      expect(a.failures.length).toBeGreaterThan(0);
      await observer.flushall();
      expect(await shares(a)).toBeLessThan(2500);
      // What happened meanwhile is told to the others.
      await expect.poll(() => b.budget.isFrozen('frozen', 'getOne', 'light'), { interval: 5 }).toBe(true);
    });

    it('killed, no call fails, and a new one is used by itself', async () => {
      const [a] = (await start(1, connect)) as [Replica];
      await time(a, 1);
      await server.stop();
      const took = await time(a, 20);
      expect(sum(took)).toBeLessThan(300);
      server = await startRedisServer(server.port);
      expect(await shares(a)).toBeLessThan(2500);
      await connected();
    });

    it('what it knows itself still holds', async () => {
      const [a] = (await start(1, connect)) as [Replica];
      await warm([a]);
      server.pause();
      try {
        expect(await reserveMany(a, 20)).toHaveLength(9);
      } finally {
        server.resume();
      }
    });
  });

  it('leaves in Redis nothing that stays, and of the caller only what stands for it', async () => {
    const [a, b] = (await start(2)) as [Replica, Replica];
    await warm([a, b]);
    await send(a);
    (await send(b)).answered(429, { ...LIGHT, retryAfterSeconds: 60 });
    await told();
    const keys = await observer.keys('*');
    expect(keys.sort()).toEqual(['sb:rl:{caller}:light', 'sb:rl:{caller}:light:calls']);
    for (const key of keys) expect(await observer.pttl(key)).toBeGreaterThan(0);
  });
});
