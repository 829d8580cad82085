import { LRUCache } from 'lru-cache';
import type { Clock } from '../../lib/clock.js';
import type { SessionStore } from './store.js';

/** About 2 kB each. Past it the session that was not used for the longest time ends. */
const MAX_SESSIONS = 20_000;

interface Entry {
  readonly version: number;
  readonly value: string;
  readonly idleEndsAt: number;
  readonly endsAt: number;
}

/** Sessions of one process: they end with it. */
export function createMemoryStore(options: { clock: Clock; max?: number }): SessionStore {
  const { clock, max = MAX_SESSIONS } = options;
  const sessions = new LRUCache<string, Entry>({ max });
  const locks = new LRUCache<string, { token: string; until: number }>({ max });
  const freezes = new LRUCache<string, number>({ max });

  const find = (key: string): Entry | undefined => {
    const entry = sessions.get(key);
    return entry !== undefined && clock.now() < Math.min(entry.idleEndsAt, entry.endsAt) ? entry : undefined;
  };

  return {
    create(key, value, { idleMs, maxMs }) {
      const now = clock.now();
      sessions.set(key, { version: 1, value, idleEndsAt: now + idleMs, endsAt: now + maxMs });
      return Promise.resolve();
    },
    get(key, idleMs) {
      let entry = find(key);
      if (entry === undefined) return Promise.resolve(undefined);
      if (idleMs !== undefined) {
        entry = { ...entry, idleEndsAt: clock.now() + idleMs };
        sessions.set(key, entry);
      }
      const { version, value, idleEndsAt, endsAt } = entry;
      return Promise.resolve({ version, value, expiresInMs: Math.min(idleEndsAt, endsAt) - clock.now() });
    },
    compareAndSet(key, version, value) {
      const entry = find(key);
      if (entry?.version !== version) return Promise.resolve(false);
      sessions.set(key, { ...entry, version: version + 1, value });
      return Promise.resolve(true);
    },
    delete(key, version) {
      const entry = find(key);
      if (entry === undefined || (version !== undefined && entry.version !== version)) {
        return Promise.resolve(false);
      }
      return Promise.resolve(sessions.delete(key));
    },
    lock(name, token, leaseMs) {
      const held = locks.get(name);
      if (held !== undefined && clock.now() < held.until) return Promise.resolve(false);
      locks.set(name, { token, until: clock.now() + leaseMs });
      return Promise.resolve(true);
    },
    unlock(name, token) {
      if (locks.get(name)?.token === token) locks.delete(name);
      return Promise.resolve();
    },
    freeze(name, ms) {
      freezes.set(name, clock.now() + ms);
      return Promise.resolve();
    },
    frozenMs: (name) => Promise.resolve(Math.max(0, (freezes.get(name) ?? 0) - clock.now())),
  };
}
