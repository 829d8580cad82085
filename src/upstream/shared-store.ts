import type { Clock } from '../lib/clock.js';

/** Commands to what replicas share, none of which a request may fail or wait long for. */
export interface SharedStore {
  /** The command's answer; undefined where it failed, or where it was not even tried because the last one failed. */
  run<T>(command: () => Promise<T>): Promise<T | undefined>;
  /** Whether it answered last. */
  readonly available: boolean;
}

/** After a failure nobody waits for Redis again for so long. */
const PAUSE_MS = 1000;

export function createSharedStore(clock: Clock, onFailure: (error: unknown) => void): SharedStore {
  let pausedUntil = 0;
  return {
    get available() {
      return clock.now() >= pausedUntil;
    },
    async run(command) {
      if (clock.now() < pausedUntil) return undefined;
      try {
        return await command();
      } catch (error) {
        // Commands that were under way together fail together, and are told of once.
        const told = clock.now() < pausedUntil;
        pausedUntil = clock.now() + PAUSE_MS;
        if (!told) onFailure(error);
        return undefined;
      }
    },
  };
}
