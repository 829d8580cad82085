import { createHash } from 'node:crypto';
import { GatewayError, type ErrorExtensions } from '../errors.js';
import { STALE_FACTOR, type CacheEntry, type CacheView, type Outcome, type ReadCache } from './cache.js';
import type { Caller } from './callers.js';
import type { SharedRedis } from './rate-limit-redis.js';

export interface SharedCacheOptions extends SharedRedis {
  readonly ttlMs: number;
  /** What answers while Redis does not. */
  readonly local: ReadCache;
}

/**
 * The generation that replicas share, and entries of it with the time they still have.
 * KEYS: the generation's key. ARGV: 1 to begin a new generation first, the entries' time to live, entry names.
 */
const OPEN = `
local generation
if ARGV[1] == '1' then
  generation = redis.call('INCR', KEYS[1])
  redis.call('PEXPIRE', KEYS[1], 2 * ARGV[2])
else
  generation = redis.call('GET', KEYS[1]) or '0'
end
local found = { tostring(generation) }
for index = 3, #ARGV do
  local key = KEYS[1] .. ':' .. generation .. ':' .. ARGV[index]
  local value = redis.call('GET', key)
  if value then
    found[#found + 1] = value
    found[#found + 1] = redis.call('PTTL', key)
  else
    found[#found + 1] = ''
    found[#found + 1] = 0
  end
end
return found
`;

/** Writes that Redis could not be told of; more callers than this at once never wrote during one outage. */
const MAX_UNTOLD = 100_000;

/** Entries and generations in Redis, the same for all replicas; keys hold hashes alone. */
export function createSharedCache({ redis, store, ttlMs, local }: SharedCacheOptions): ReadCache {
  const livesMs = ttlMs * STALE_FACTOR;
  const untold = new Set<string>();

  async function ask(caller: Caller, domain: string, begin: boolean, names: readonly string[]) {
    const key = keyOf(caller, domain);
    const owed = begin || untold.has(key);
    const answer = await store.run(() =>
      redis.eval(OPEN, 1, key, owed ? '1' : '0', String(livesMs), ...names),
    );
    if (answer === undefined) return undefined;
    untold.delete(key);
    const [generation, ...found] = answer as [string, ...(string | number)[]];
    // Another replica's write: what is under way here was asked for before it.
    if (caller.noteSharedGeneration(domain, generation) && !owed) caller.renew(domain);
    return { generation, found };
  }

  return {
    async open(caller, domain, keys): Promise<CacheView> {
      const names = keys.map(hash);
      const answer = await ask(caller, domain, false, names);
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
          const name = `${keyOf(caller, domain)}:${generation}:${hash(key)}`;
          void store.run(() => redis.set(name, printOutcome(outcome), 'PX', livesMs));
        },
      };
    },
    forget: local.forget,
    async renew(caller, domain) {
      if ((await ask(caller, domain, true, [])) !== undefined) return;
      if (untold.size < MAX_UNTOLD) untold.add(keyOf(caller, domain));
    },
  };
}

const keyOf = (caller: Caller, domain: string) => `sb:read:{${caller.key}}:${domain}`;

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
