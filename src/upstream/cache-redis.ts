import { createHash, randomUUID } from 'node:crypto';
import { GatewayError, type ErrorExtensions } from '../errors.js';
import type { Clock } from '../lib/clock.js';
import { STALE_FACTOR, type CacheEntry, type CacheView, type Outcome, type ReadCache } from './cache.js';
import type { Caller } from './callers.js';
import type { SharedRedis } from './rate-limit-redis.js';
import { evaluate, toScript } from './redis-script.js';
import { Untold } from './untold.js';

export interface SharedCacheOptions extends SharedRedis {
  readonly clock: Clock;
  readonly ttlMs: number;
  /** What answers while Redis does not. */
  readonly local: ReadCache;
}

/**
 * The generation that replicas share, and entries of it with the time they still have. A generation's name is never used
 * again: where it is forgotten, the entries of before belong to nobody.
 * KEYS: the hash of a caller's generations by domain. ARGV: the domain, a new name, 1 to begin a new generation, the
 * entries' time to live, entry names.
 */
const OPEN = toScript(`
local generation = ARGV[3] ~= '1' and redis.call('HGET', KEYS[1], ARGV[1])
if not generation then
  generation = ARGV[2]
  redis.call('HSET', KEYS[1], ARGV[1], generation)
end
redis.call('PEXPIRE', KEYS[1], 2 * ARGV[4])
local found = { generation }
for index = 5, #ARGV do
  local key = KEYS[1] .. ':' .. ARGV[1] .. ':' .. generation .. ':' .. ARGV[index]
  local value = redis.call('GET', key)
  if value then
    found[#found + 1] = value
    found[#found + 1] = redis.call('PTTL', key)
  else
    found[#found + 1] = ''
    found[#found + 1] = 0
  end
end
return found`);

/** Stands for the generation of what is read while Redis does not answer. */
const LOCAL = 'local';

/** Entries and generations in Redis, the same for all replicas; keys hold hashes alone. */
export function createSharedCache(options: SharedCacheOptions): ReadCache {
  const { redis, store, clock, ttlMs, local } = options;
  const livesMs = ttlMs * STALE_FACTOR;
  const replica = randomUUID();
  let generations = 0;
  /** Writes and refused credentials: a caller's key and the domain, or no domain for all of them. */
  const untold = new Untold({
    clock,
    redis,
    tell: async (item) => {
      const [caller = '', domain = ''] = item.split('\n');
      return (await (domain === '' ? drop(caller) : begin(caller, domain))) !== undefined;
    },
  });

  const open = (caller: string, domain: string, begins: boolean, names: readonly string[]) => {
    const name = `${replica}-${String((generations += 1))}`;
    return evaluate(redis, OPEN, [keyOf(caller)], [domain, name, begins ? 1 : 0, livesMs, ...names]);
  };
  const begin = (caller: string, domain: string) => store.insist(() => open(caller, domain, true, []));
  const drop = (caller: string) => store.insist(() => redis.del(keyOf(caller)));

  /** A write that Redis was not told of comes first. */
  async function ask(caller: Caller, domain: string, names: readonly string[]) {
    const owed = untold.size > 0 && (untold.has(`${caller.key}\n${domain}`) || untold.has(`${caller.key}\n`));
    const answer = await store.run(() => open(caller.key, domain, owed, names));
    if (answer === undefined) {
      // What is read meanwhile is read under no generation that another replica could end.
      caller.noteSharedGeneration(domain, LOCAL);
      return undefined;
    }
    const [generation, ...found] = answer as [string, ...(string | number)[]];
    // Another replica's write: what is under way here was asked for before it.
    if (caller.noteSharedGeneration(domain, generation)) caller.renew(domain);
    return { generation, found };
  }

  return {
    async open(caller, domain, keys): Promise<CacheView> {
      const names = keys.map(hash);
      const answer = await ask(caller, domain, names);
      if (answer === undefined) return local.open(caller, domain, keys);
      const { generation, found } = answer;
      const entries = names.map((_name, index): CacheEntry | undefined => {
        const ageMs = livesMs - Number(found[2 * index + 1]);
        const outcome = parseOutcome(found[2 * index]);
        return outcome && { outcome, fresh: ageMs < ttlMs };
      });
      return {
        entries,
        store(key, outcome) {
          const name = `${keyOf(caller.key)}:${domain}:${generation}:${hash(key)}`;
          void store.run(() => redis.set(name, printOutcome(outcome), 'PX', livesMs));
        },
      };
    },
    forget: local.forget,
    async renew(caller, domain) {
      if ((await begin(caller.key, domain)) === undefined) untold.add(`${caller.key}\n${domain}`);
    },
    async drop(caller) {
      if ((await drop(caller.key)) === undefined) untold.add(`${caller.key}\n`);
    },
    close() {
      untold.close();
    },
  };
}

const keyOf = (caller: string) => `sb:read:{${caller}}`;

const hash = (key: string) => createHash('sha256').update(key).digest('base64url');

const printOutcome = (outcome: Outcome): string =>
  JSON.stringify(
    'value' in outcome
      ? { value: outcome.value }
      : { error: { message: outcome.error.message, extensions: outcome.error.extensions } },
  );

function parseOutcome(text: unknown): Outcome | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const kept = JSON.parse(text) as {
    value?: unknown;
    error?: { message: string; extensions: ErrorExtensions };
  };
  return kept.error === undefined
    ? { value: kept.value }
    : { error: new GatewayError(kept.error.message, kept.error.extensions) };
}
