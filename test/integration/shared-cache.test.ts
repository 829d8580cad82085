import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/lib/clock.js';
import { createSharedStore } from '../../src/upstream/shared-store.js';
import { has, REDIS_SERVER } from '../support/requires.js';
import { startRedisServer, type RedisServer } from '../support/redis-server.js';
import { blockedId, CALLER_BLOCKING, startUpstream, type TestUpstream } from '../support/upstream.js';

const OWNER = { accountId: '401900100008', extensionId: '401900101008' };
const ID = blockedId(0);

describe.skipIf(!has('Redis', REDIS_SERVER))('a cache that replicas share', () => {
  let server: RedisServer;
  let redis: Redis;
  let failures: unknown[];
  let replicas: TestUpstream[];

  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.stop());

  beforeEach(async () => {
    redis = new Redis(server.url, {
      commandTimeout: 50,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      lazyConnect: true,
    });
    redis.on('error', () => undefined);
    await redis.connect();
    await redis.flushall();
    failures = [];
    const store = createSharedStore(systemClock, (error) => failures.push(error));
    const shared = { redis, store };
    const first = await startUpstream({ cacheTtlMs: 60_000, batchWindowMs: 0, shared });
    replicas = [
      first,
      await startUpstream({ cacheTtlMs: 60_000, batchWindowMs: 0, shared, serverUrl: first.emulator.url }),
    ];
  });
  afterEach(async () => {
    for (const replica of replicas) await replica.stop();
    redis.disconnect();
  });

  const replica = (index: number) => {
    const found = replicas[index];
    if (found === undefined) throw new Error('no such replica');
    return found;
  };
  const read = async (index: number, token?: string) =>
    (await replica(index).open(token).lookUp(CALLER_BLOCKING, OWNER, [ID]))[0] as { label?: string };

  it('answers on one replica what another has read, to the same caller alone', async () => {
    const { user, otherUser } = replica(0).emulator.tokens;
    await read(0, user);
    expect((await read(1, user)).label).toBe('Caller 0 of Ann Archer');
    expect(replica(0).emulator.journal).toHaveLength(1);
    expect(await read(1, otherUser)).toMatchObject({ code: 'NOT_FOUND' });
    expect(replica(0).emulator.journal).toHaveLength(2);
    expect(failures).toEqual([]);
  });

  it('is old on all replicas once one has written', async () => {
    await read(0);
    await read(1);
    const change = {
      id: ID,
      toBody: () => ({ phoneNumber: '+16505550100', label: 'New', status: 'Blocked' }),
    };
    await replica(0).open().update(CALLER_BLOCKING, OWNER, [change], { readFirst: false });
    expect((await read(1)).label).toBe('New');
    expect((await read(0)).label).toBe('New');
  });

  it('holds no phone number and no token in its keys', async () => {
    await read(0);
    const keys = (await redis.keys('*')).join('\n');
    expect(keys).not.toBe('');
    expect(keys).not.toContain(ID);
    expect(keys).not.toContain('6505550100');
  });

  it('that hangs fails no request, and is used again when it answers', async () => {
    await read(0);
    server.pause();
    expect((await read(0)).label).toBe('Caller 0 of Ann Archer');
    expect(failures).toHaveLength(1);
    // Nobody waits for it again for a second.
    await read(1);
    expect(failures).toHaveLength(1);
    server.resume();
  });
});
