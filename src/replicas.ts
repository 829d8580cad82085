import type { Clock } from './lib/clock.js';
import type { Events } from './observability/events.js';
import { connectRedis, duplicateRedis } from './redis.js';
import { createRedisStore } from './server/session/redis-store.js';
import type { SessionStore } from './server/session/store.js';
import type { SharedRedis } from './upstream/rate-limit-redis.js';
import { createSharedStore } from './upstream/shared-store.js';

/** A session may wait for its store as long as for a short call; a request's budget may not (see redis.ts). */
const SESSION_COMMAND_TIMEOUT_MS = 1000;

/** What the replicas of one gateway share by Redis. */
export interface Replicas {
  readonly shared: SharedRedis;
  openSessionStore(): SessionStore;
  /** For /readyz: connected, unavailable (it does not answer) or lost. */
  state(): string;
  close(): void;
}

export function joinReplicas(options: { url: string; clock: Clock; events: Events }): Replicas {
  const { url, clock, events } = options;
  let connection = 'lost';
  const redis = connectRedis(url, (state) => {
    connection = state;
    if (state === 'lost') events.incident('redis-lost');
  });
  const connections = [redis];
  const store = createSharedStore(clock, (error) => {
    events.incident('redis-unavailable', error);
  });
  return {
    shared: { redis, store },
    openSessionStore() {
      const own = duplicateRedis(redis, SESSION_COMMAND_TIMEOUT_MS);
      connections.push(own);
      return createRedisStore({ redis: own, clock });
    },
    state() {
      // Where no request asks Redis this does, for the next one who looks.
      void store.run(() => redis.ping());
      return connection === 'connected' && !store.available ? 'unavailable' : connection;
    },
    close() {
      for (const own of connections) own.disconnect();
    },
  };
}
