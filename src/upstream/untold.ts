import type { Redis } from 'ioredis';
import type { Clock } from '../lib/clock.js';

export interface UntoldOptions {
  readonly clock: Clock;
  readonly redis: Redis;
  /** Tells Redis; resolves to whether there is nothing left to tell. */
  readonly tell: (item: string) => Promise<boolean>;
}

/** How often it is tried again; as often as a lost connection is. */
const RETRY_MS = 250;
/** More than this at once never happened during one outage. */
const MAX_ITEMS = 100_000;

/** What the other replicas must know and Redis could not be told of: told again by itself until it is known. */
export class Untold {
  readonly #options: UntoldOptions;
  readonly #items = new Set<string>();
  #cancelTimer: (() => void) | undefined;
  #telling = false;
  readonly #onReady = () => void this.#tell();

  constructor(options: UntoldOptions) {
    this.#options = options;
    options.redis.on('ready', this.#onReady);
  }

  get size(): number {
    return this.#items.size;
  }

  has(item: string): boolean {
    return this.#items.has(item);
  }

  add(item: string): void {
    if (this.#items.size < MAX_ITEMS) this.#items.add(item);
    this.#arm();
  }

  close(): void {
    this.#options.redis.off('ready', this.#onReady);
    this.#items.clear();
    this.#cancelTimer?.();
  }

  #arm(): void {
    if (this.#telling || this.#cancelTimer !== undefined || this.#items.size === 0) return;
    this.#cancelTimer = this.#options.clock.after(RETRY_MS, () => {
      this.#cancelTimer = undefined;
      void this.#tell();
    });
  }

  async #tell(): Promise<void> {
    if (this.#telling) return;
    this.#telling = true;
    for (const item of this.#items) {
      // Taken out before: what happens while it is told has to be told again.
      this.#items.delete(item);
      if (await this.#options.tell(item)) continue;
      this.#items.add(item);
      break;
    }
    this.#telling = false;
    this.#arm();
  }
}
