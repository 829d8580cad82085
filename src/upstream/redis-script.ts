import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A Lua script, as text and by the name that Redis gives it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export const toScript = (text: string): Script => ({
  text,
  sha: createHash('sha1').update(text).digest('hex'),
});

/** Runs it by its name; as text where this Redis has not seen it yet. */
export async function evaluate(
  redis: Redis,
  { sha, text }: Script,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return await redis.eval(text, keys.length, ...keys, ...args);
  }
}
