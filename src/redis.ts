import { Redis } from 'ioredis';

/** No request waits longer than this for what replicas share; it goes on with the memory of its own process. */
const COMMAND_TIMEOUT_MS = 50;
const RECONNECT_MS = 250;

/**
 * The one connection to Redis. A command fails at once while there is none, and after 50 ms without an answer.
 * @param onState told of each change
 */
export function connectRedis(url: string, onState: (state: 'connected' | 'lost') => void): Redis {
  const redis = new Redis(url, {
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: 1000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => RECONNECT_MS,
  });
  let last: 'connected' | 'lost' | undefined;
  // While Redis is gone, each attempt to connect ends in a close.
  const tell = (state: 'connected' | 'lost') => {
    if (state !== last) onState(state);
    last = state;
  };
  redis.on('ready', () => {
    tell('connected');
  });
  redis.on('close', () => {
    tell('lost');
  });
  return ignoreErrorEvents(redis);
}

/** A connection of its own to the same Redis, for commands that may take longer. */
export const duplicateRedis = (redis: Redis, commandTimeout: number): Redis =>
  ignoreErrorEvents(redis.duplicate({ commandTimeout }));

/** Each command tells its own failure; an error event that nobody hears is printed with its stack. */
const ignoreErrorEvents = (redis: Redis): Redis => redis.on('error', () => undefined);
