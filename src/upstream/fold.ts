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
  /** Takes a place in the budget for one call, for look-ups that have waited for one since then. */
  readonly reserve: (since: number) => Promise<Reservation>;
  /** Called in place of `send` for those for whom there is no budget. */
  readonly reject: (lookUps: readonly LookUp[], error: unknown) => void;
  /** Sends one chunk and settles its reads. */
  readonly send: (chunk: readonly LookUp[], reservation: Reservation) => void;
  /** Nothing waits here any more. */
  readonly onIdle: () => void;
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
            this.#tellIfIdle();
          });
        });
      }
    }
  }

  /** Takes a look-up back that nobody waits for any more. */
  remove(read: SharedRead): void {
    const index = this.#queue.findIndex((waiting) => waiting.read === read);
    if (index === -1) return;
    this.#queue.splice(index, 1);
    this.#tellIfIdle();
  }

  #startSenders(count: number): void {
    const now = this.#options.clock.now();
    for (let started = 0; started < count; started += 1) void this.#sendNext(now);
  }

  /** A sender for each chunk that waits and that no other and no window will take. */
  #coverQueue(): void {
    if (this.#windowOpen) return;
    const { maxIds } = this.#options;
    for (;;) {
      const first = this.#queue[this.#senders * maxIds()];
      if (first === undefined) return;
      // Its patience is that of the look-ups which it is for: some of it may be used up.
      void this.#sendNext(first.since);
    }
  }

  /** @param since no look-up that came later is refused where this one is */
  async #sendNext(since: number): Promise<void> {
    const { clock, maxIds, reserve, send } = this.#options;
    this.#senders += 1;
    let reservation: Reservation;
    try {
      reservation = await reserve(since);
    } catch (error) {
      this.#senders -= 1;
      this.#reject(since, error);
      this.#coverQueue();
      this.#tellIfIdle();
      return;
    }
    this.#senders -= 1;
    const chunk = this.#queue.splice(0, maxIds());
    if (chunk.length === 0) reservation.release();
    else {
      const now = clock.now();
      for (const { read } of chunk) read.waited(now);
      send(chunk, reservation);
      // Upstream may have told a lower limit since the senders were counted.
      this.#coverQueue();
    }
    this.#tellIfIdle();
  }

  /** One sender was refused: of those that had waited as long, one chunk goes that the others cannot carry. */
  #reject(since: number, error: unknown): void {
    const { maxIds, reject } = this.#options;
    const excess = this.#queue.length - this.#senders * maxIds();
    if (excess <= 0) return;
    const younger = this.#queue.findLastIndex((lookUp) => lookUp.since <= since) + 1;
    const count = Math.min(excess, maxIds(), younger);
    if (count > 0) reject(this.#queue.splice(younger - count, count), error);
  }

  #tellIfIdle(): void {
    if (this.#queue.length === 0 && this.#senders === 0 && !this.#windowOpen) this.#options.onIdle();
  }
}
