import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FORWARDING_NUMBERS } from '../../src/domains/forwarding-number/endpoint.js';
import type { SharedRedis } from '../../src/upstream/rate-limit-redis.js';
import { createSharedStore } from '../../src/upstream/shared-store.js';
import { ManualClock } from '../support/manual-clock.js';
import { has, REDIS_SERVER } from '../support/requires.js';
import { startRedisServer, type RedisServer } from '../support/redis-server.js';
import { blockedId, CALLER_BLOCKING, startUpstream, until, type TestUpstream } from '../support/upstream.js';

const OWNER = { accountId: '401900100008', extensionId: '401900101008' };
const ID = blockedId(0);

describe.skipIf(!has('Redis', REDIS_SERVER))('a cache that replicas share', () => {
  let server: RedisServer;
  let observer: Redis;
  /** Of the time in which Redis is left alone. */
  let clock: ManualClock;
  let failures: unknown[];
  let connections: Redis[];
  let replicas: TestUpstream[];

  beforeAll(async () => {
    server = await startRedisServer();
    observer = new Redis(server.url);
  });
  afterAll(async () => {
    observer.disconnect();
    await server.stop();
  });

  async function connect(): Promise<SharedRedis> {
    const redis = new Redis(server.url, {
      commandTimeout: 50,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      lazyConnect: true,
    });
    redis.on('error', () => undefined);
    await redis.connect();
    connections.push(redis);
    return { redis, store: createSharedStore(clock, (error) => failures.push(error)) };
  }
  async function start(batchWindowMs: number): Promise<void> {
    const options = { cacheTtlMs: 60_000, batchWindowMs };
    const first = await startUpstream({ ...options, shared: await connect() });
    const { url: serverUrl } = first.emulator;
    replicas = [first, await startUpstream({ ...options, serverUrl, shared: await connect() })];
  }
  async function stop(): Promise<void> {
    for (const replica of replicas) await replica.stop();
    for (const connection of connections) connection.disconnect();
  }

  beforeEach(async () => {
    await observer.flushall();
    clock = new ManualClock();
    [failures, connections] = [[], []];
    await start(0);
  });
  afterEach(stop);

  const replica = (index: number) => {
    const found = replicas[index];
    if (found === undefined) throw new Error('no such replica');
    return found;
  };
  const read = async (index: number, token?: string) =>
    (await replica(index).open(token).lookUp(CALLER_BLOCKING, OWNER, [ID]))[0] as { label?: string };

  const write = (index: number, label: string) => {
    const toBody = () => ({ phoneNumber: '+16505550100', label, status: 'Blocked' });
    return replica(index)
      .open()
      .update(CALLER_BLOCKING, OWNER, [{ id: ID, toBody }], { readFirst: false });
  };
  async function lose(connection: Redis | undefined): Promise<void> {
    const ended = new Promise((resolve) => connection?.once('end', resolve));
    connection?.disconnect();
    await ended;
  }
  /** One slow command, after which a replica leaves Redis alone for a while. */
  async function hiccup(index: number): Promise<void> {
    // All that was told before has arrived.
    for (const connection of connections) await connection.ping();
    server.pause();
    try {
      await read(index, replica(0).emulator.tokens.otherUser);
    } finally {
      server.resume();
    }
  }

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
    await write(0, 'New');
    expect((await read(1)).label).toBe('New');
    expect((await read(0)).label).toBe('New');
  });

  it('holds no phone number and no token in its keys', async () => {
    await read(0);
    const keys = (await observer.keys('*')).join('\n');
    expect(keys).not.toBe('');
    expect(keys).not.toContain(ID);
    expect(keys).not.toContain('6505550100');
  });

  it('that hangs fails no request, and is used again when it answers', async () => {
    await read(0);
    server.pause();
    try {
      expect((await read(0)).label).toBe('Caller 0 of Ann Archer');
      expect(failures).toHaveLength(1);
      // Nobody waits for it again for a second.
      await read(0);
      expect(failures).toHaveLength(1);
    } finally {
      server.resume();
    }
  });

  it('is old on the others though the writer leaves Redis alone just then', async () => {
    await read(1);
    await hiccup(0);
    await write(0, 'New');
    expect((await read(1)).label).toBe('New');
  });

  it('is old on the others as soon as a writer that had lost Redis has it back', async () => {
    await read(1);
    await lose(connections[0]);
    await write(0, 'New');
    expect((await read(1)).label).toBe('Caller 0 of Ann Archer');
    await connections[0]?.connect();
    await expect.poll(async () => (await read(1)).label, { interval: 5 }).toBe('New');
  });

  it('shows nothing of before a write though Redis has forgotten the writes before', async () => {
    await write(0, 'First');
    await read(0);
    for (const key of await observer.keys('*')) if (!/:[\w-]{43}$/.test(key)) await observer.del(key);
    await write(0, 'Second');
    expect((await read(1)).label).toBe('Second');
  });

  it('is dropped for all domains, on all replicas, by a credential that is refused on one', async () => {
    await read(1);
    const { emulator } = replica(0);
    emulator.fault({ answer: { status: 401, body: { errorCode: 'OAU-213' } } });
    await expect(replica(0).open().list(FORWARDING_NUMBERS, OWNER, [])).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    emulator.clearJournal();
    await read(1);
    expect(emulator.journal).toHaveLength(1);
  });

  it('begins nothing for a client that goes while Redis is asked', async () => {
    const gone = new AbortController();
    const request = replica(0).open(undefined, gone.signal);
    const asked = [request.lookUp(CALLER_BLOCKING, OWNER, [ID]), request.list(CALLER_BLOCKING, OWNER, [])];
    gone.abort(new Error('gone'));
    for (const one of asked) await expect(one).rejects.toThrow('gone');
    expect(replica(0).emulator.journal).toEqual([]);
  });

  it('ends for what was read without Redis, too, when another replica writes', async () => {
    await stop();
    await start(5);
    const reader = replica(1);
    const ask = () => {
      const answer = reader.open(replica(0).emulator.demoToken).lookUp(CALLER_BLOCKING, OWNER, [ID]);
      return answer.then(([record]) => (record as { label?: string }).label);
    };
    let release: () => void = () => undefined;
    replica(0).emulator.fault({ method: 'GET', hold: new Promise<void>((resolve) => (release = resolve)) });
    await lose(connections.at(-1));
    const slow = ask();
    await reader.clock.advance(5);
    await until(() => replica(0).emulator.journal.length === 1, 'the slow read');
    await connections.at(-1)?.connect();
    await write(0, 'New');
    // Past the second in which Redis is left alone after the failure.
    await clock.advance(1000);
    const late = ask();
    const answered = vi.fn();
    void late.then(answered);
    await expect
      .poll(() => reader.clock.advance(5).then(() => answered.mock.calls.length), { interval: 1 })
      .toBe(1);
    expect(await late).toBe('New');
    release();
    expect(await slow).toBe('Caller 0 of Ann Archer');
  });
});
