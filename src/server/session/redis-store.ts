import type { Redis } from 'ioredis';
import { GatewayError } from '../../errors.js';
import type { Clock } from '../../lib/clock.js';
import type { SessionStore } from './store.js';

const PREFIX = 'switchboard:session';
/** A healthy Redis answers within a few milliseconds; somebody waits for what hangs on this answer. */
const TIMEOUT_MS = 1000;

/** Redis's own clock counts, so that replicas whose clocks differ agree on the end of a session. */
const NOW = `local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

const CREATE = `${NOW}
redis.call('HSET', KEYS[1], 'version', 1, 'value', ARGV[1], 'ends', now + ARGV[3])
redis.call('PEXPIRE', KEYS[1], math.min(ARGV[2], ARGV[3]))`;

const GET = `${NOW}
local session = redis.call('HMGET', KEYS[1], 'version', 'value', 'ends')
if not session[1] then return nil end
if ARGV[1] then redis.call('PEXPIRE', KEYS[1], math.min(ARGV[1], session[3] - now)) end
return {session[1], session[2], redis.call('PTTL', KEYS[1])}`;

const COMPARE_AND_SET = `
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1] + 1, 'value', ARGV[2])
return 1`;

const COMPARE_AND_DELETE = `
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

const UNLOCK = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/** Sessions of all replicas; they outlive a restart of the gateway. */
export function createRedisStore(options: { redis: Redis; clock: Clock }): SessionStore {
  const { redis, clock } = options;
  const sessionKey = (key: string) => `${PREFIX}:${key}`;
  const lockKey = (name: string) => `${PREFIX}-lock:${name}`;
  const freezeKey = (name: string) => `${PREFIX}-freeze:${name}`;
  const ask = <T>(answer: Promise<T>) => withTimeout(answer, clock);
  const run = (script: string, key: string, ...args: (string | number)[]) =>
    ask(redis.eval(script, 1, key, ...args));

  return {
    async create(key, value, { idleMs, maxMs }) {
      await run(CREATE, sessionKey(key), value, idleMs, maxMs);
    },
    async get(key, idleMs) {
      const answer = await run(GET, sessionKey(key), ...(idleMs === undefined ? [] : [idleMs]));
      if (!Array.isArray(answer)) return undefined;
      const [version, value, expiresInMs] = answer as [string, string, number];
      return expiresInMs > 0 ? { version: Number(version), value, expiresInMs } : undefined;
    },
    async compareAndSet(key, version, value) {
      return (await run(COMPARE_AND_SET, sessionKey(key), version, value)) === 1;
    },
    async delete(key, version) {
      const deleted =
        version === undefined
          ? await ask(redis.del(sessionKey(key)))
          : await run(COMPARE_AND_DELETE, sessionKey(key), version);
      return deleted === 1;
    },
    async lock(name, token, leaseMs) {
      return (await ask(redis.set(lockKey(name), token, 'PX', leaseMs, 'NX'))) === 'OK';
    },
    async unlock(name, token) {
      await run(UNLOCK, lockKey(name), token);
    },
    async freeze(name, ms) {
      await ask(redis.set(freezeKey(name), 1, 'PX', ms));
    },
    async frozenMs(name) {
      return Math.max(0, await ask(redis.pttl(freezeKey(name))));
    },
  };
}

/** Redis's own errors stay inside: they quote the command, and with it what was to be stored. */
function withTimeout<T>(answer: Promise<T>, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = () => {
      reject(new GatewayError('The session store is not available.', { code: 'UPSTREAM_UNAVAILABLE' }));
    };
    const cancel = clock.after(TIMEOUT_MS, fail);
    void answer.then(resolve, fail).finally(cancel);
  });
}
