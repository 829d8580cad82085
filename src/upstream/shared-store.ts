import type { Clock } from '../lib/clock.js';

/** Commands to what replicas share, none of which a request may fail or wait long for. */
export interface SharedStore {
  /** The command's answer; undefined where it failed, or where it was not even tried because the last one failed. */
  run<T>(command: () => Promise<T>): Promise<T | undefined>;
  /** The same for what the other replicas must know: it is always tried. */
  insist<T>(command: () => Promise<T>): Promise<T | undefined>;
  /** Whether `run` tries now. */
  readonly asking: boolean;
  /** Whether it answered last. */
  readonly available: boolean;
}

/** After a failure nobody waits for Redis again for so long. */
const PAUSE_MS = 1000;

export function createSharedStore(clock: Clock, onFailure: (error: unknown) => void): SharedStore {
  let available = true;
  let pausedUntil = 0;
  const isPaused = () => clock.now() < pausedUntil;

  async function insist<T>(command: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await command();
      available = true;
      pausedUntil = 0;
      return answer;
    } catch (error) {
      // Commands that were under way together fail together, and are told of once.
      const told = isPaused();
      available = false;
      pausedUntil = clock.now() + PAUSE_MS;
      if (!told) onFailure(error);
      return undefined;
    }
  }

  return {
    get asking() {
      return !isPaused();
    },
    get available() {
      return available;
    },
    insist,
    async run(command) {
      return isPaused() ? undefined : insist(command);
    },
  };
}
