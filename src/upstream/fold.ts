import type { Clock } from '../lib/clock.js';
import type { CacheView } from './cache.js';
import type { Reservation } from './rate-limit.js';
import type { SharedRead } from './shared-read.js';

/** One id asked for, waiting to leave or under way. */
export interface LookUp {
  readonly id: string;
  readonly key: string;
  readonly read: SharedRead;
  /** When it was asked for. */
  readonly since: number;
  /** Where its outcome is kept. */
  readonly view: CacheView;
}

export interface FoldOptions {
  readonly clock: Clock;
  /** How long the first look-up waits for others; 0: those added together leave together, at once. */
  readonly windowMs: number;
  /** How many ids go into one call now: upstream may tell a lower limit at any time. */
  readonly maxIds: () => number;
  /** Takes a place in the budget for one call. */
  readonly reserve: () => Promise<Reservation>;
  /** Called in place of `send` when there is no budget for those that wait. */
  readonly reject: (lookUps: readonly LookUp[], error: unknown) => void;
  /** Sends one chunk and settles its reads. */
  readonly send: (chunk: readonly LookUp[], reservation: Reservation) => void;
}

/**
 * Gathers one caller's look-ups in one collection into chunks. A chunk is cut only when its call may leave, so that
 * look-ups which arrive while the budget is awaited still go with those that wait.
 */
export class Fold {
  readonly #options: FoldOptions;
  readonly #queue: LookUp[] = [];
  /** Calls that wait for budget, each of which will take a chunk. */
  #senders = 0;
  #windowOpen = false;

  constructor(options: FoldOptions) {
    this.#options = options;
  }

  add(lookUps: readonly LookUp[]): void {
    const { clock, windowMs, maxIds } = this.#options;
    this.#queue.push(...lookUps);
    const uncovered = this.#queue.length - this.#senders * maxIds();
    if (windowMs === 0) this.#startSenders(Math.ceil(uncovered / maxIds()));
    else {
      this.#startSenders(Math.floor(uncovered / maxIds()));
      if (this.#queue.length > this.#senders * maxIds() && !this.#windowOpen) {
        this.#windowOpen = true;
        clock.after(windowMs, () => {
          // What has arrived by now is read in this turn of the event loop, however busy the process is.
          setImmediate(() => {
            this.#windowOpen = false;
            this.#startSenders(Math.ceil(this.#queue.length / maxIds()) - this.#senders);
          });
        });
      }
    }
  }

  /** Takes a look-up back that nobody waits for any more. */
  remove(read: SharedRead): void {
    const index = this.#queue.findIndex((waiting) => waiting.read === read);
    if (index !== -1) this.#queue.splice(index, 1);
  }

  get idle(): boolean {
    return this.#queue.length === 0 && this.#senders === 0 && !this.#windowOpen;
  }

  #startSenders(count: number): void {
    for (let started = 0; started < count; started += 1) void this.#sendNext();
  }

  async #sendNext(): Promise<void> {
    const { clock, maxIds, reserve, reject, send } = this.#options;
    this.#senders += 1;
    let reservation: Reservation;
    try {
      reservation = await reserve();
    } catch (error) {
      this.#senders -= 1;
      reject(this.#queue.splice(0), error);
      return;
    }
    this.#senders -= 1;
    const chunk = this.#queue.splice(0, maxIds());
    if (chunk.length === 0) {
      reservation.release();
      return;
    }
    const now = clock.now();
    for (const lookUp of chunk) lookUp.read.waited(now - lookUp.since);
    send(chunk, reservation);
  }
}
