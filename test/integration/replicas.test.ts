import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../src/emulator/emulator.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startRedisServer, type RedisServer } from '../support/redis-server.js';
import { has, REDIS_SERVER } from '../support/requires.js';
import { blockedId, until } from '../support/upstream.js';

const idOf = (index: number) => Buffer.from(String(19_995_550_000 + index)).toString('base64url');
const ask = (id: string) =>
  `{ extension(accountId: "401900100008", extensionId: "401900101008") { blockedNumber(resourceId: "${id}") { label } } }`;

describe.skipIf(!has('Redis', REDIS_SERVER))('two replicas with one Redis', () => {
  let redis: RedisServer;
  let emulator: Emulator;
  let replicas: [TestGateway, TestGateway];

  beforeAll(async () => {
    redis = await startRedisServer();
  });
  afterAll(() => redis.stop());

  beforeEach(async () => {
    emulator = await startEmulator();
    const env = {
      RINGCENTRAL_SERVER_URL: emulator.url,
      REDIS_URL: redis.url,
      // The same on both, and another in each test: what Redis remembers of a caller is not another test's.
      CALLER_KEY: randomUUID(),
      BATCH_WINDOW_MS: '5',
    };
    replicas = [await startGateway(env), await startGateway({ ...env, RATE_LIMIT_MAX_WAIT_MS: '20000' })];
    for (const { url } of replicas) await untilRedis(url, 'connected');
  });
  afterEach(async () => {
    for (const replica of replicas) await replica.stop();
    await emulator.stop();
  });

  async function untilRedis(url: string, state: string): Promise<void> {
    for (;;) {
      const { redis: seen } = (await (await fetch(`${url}/readyz`)).json()) as { redis?: string };
      if (seen === state) return;
    }
  }

  /** A 429 on the first replica that lasts so many seconds. */
  async function freeze(token: string, seconds: number): Promise<void> {
    const headers = { 'retry-after': String(seconds), 'x-rate-limit-group': 'light' };
    emulator.fault({ answer: { status: 429, headers, body: { errorCode: 'CMN-301' } } });
    const { errors } = await replicas[0].query(ask(blockedId(0)), { token });
    expect(errors[0]?.extensions.code).toBe('RATE_LIMITED');
    emulator.clearJournal();
  }

  it('show a Redis that hangs at /readyz, and that it answers again, without any request that asks it', async () => {
    const { url } = replicas[0];
    redis.pause();
    try {
      await untilRedis(url, 'unavailable');
    } finally {
      redis.resume();
    }
    await untilRedis(url, 'connected');
  });

  it('keep to the penalty that one of them got, and tell each request how long', async () => {
    const token = emulator.tokens.user;
    await freeze(token, 60);
    const asked = Array.from({ length: 50 }, (_, index) => replicas[0].query(ask(idOf(index)), { token }));
    for (const { errors } of await Promise.all(asked)) {
      expect(errors[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED' });
      expect(errors[0]?.extensions['retryAfterSeconds']).toBeGreaterThan(50);
    }
    expect(emulator.journal).toEqual([]);
    // Another caller, and another group of this one, go on.
    const other = await replicas[1].query(ask(blockedId(0)), { token: emulator.tokens.readOnly });
    expect(other.data.extension.blockedNumber.label).toBe('Caller 0 of Ann Archer');
    const added = await replicas[1].query(
      'mutation { addBlockedNumber(input: { phoneNumber: "+16505559876" }) { userErrors { code } } }',
      { token },
    );
    expect(added.data.addBlockedNumber.userErrors).toEqual([]);
  });

  it('send fifty look-ups that waited for its end by two calls, on the replica that got none of it', async () => {
    const token = emulator.tokens.user;
    await freeze(token, 2);
    const asked = Array.from({ length: 50 }, (_, index) => replicas[1].query(ask(idOf(index)), { token }));
    const answers = await Promise.all(asked);
    expect(answers.map(({ errors }) => errors[0]?.extensions.code)).toEqual(Array(50).fill('NOT_FOUND'));
    expect(emulator.journal).toHaveLength(2);
    expect(emulator.journal.map(({ status }) => status)).toEqual([207, 207]);
  });

  it('go on without it, and use it again when it is back', async () => {
    const token = emulator.tokens.readOnly;
    redis.pause();
    const during = await Promise.all(replicas.map((replica) => replica.query(ask(blockedId(0)), { token })));
    for (const { data } of during) expect(data.extension.blockedNumber.label).toBe('Caller 0 of Ann Archer');
    redis.resume();
    await until(() => emulator.journal.length >= 2, 'both were asked');
    for (const { url } of replicas) await untilRedis(url, 'connected');
  });
});
