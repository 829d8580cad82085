/** How long a call may wait. */
export interface Patience {
  /** Until then it waits for budget; for the answer to a call under way it waits longer. */
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

/** A call that can wait. */
export interface QueuedCall {
  readonly operation: string;
  /** Grows with each call: who asked first is served first. */
  readonly ticket: number;
}

interface Waiter<Call> {
  readonly call: Call;
  readonly deadline: number;
  /** It may move with its operation to another group's. */
  queue: WaitingQueue<Call & QueuedCall>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Calls that wait for a place, first come first served. */
export class WaitingQueue<Call extends QueuedCall> {
  #waiters: Waiter<Call>[] = [];

  get size(): number {
    return this.#waiters.length;
  }

  /** Resolves when the call is its queue's next, rejects when it is refused or its signal aborted. */
  wait(call: Call, { deadline, signal }: Patience): Promise<void> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        waiter.queue.#waiters.splice(waiter.queue.#waiters.indexOf(waiter), 1);
        reject(signal?.reason as Error);
      };
      const waiter: Waiter<Call> = {
        call,
        deadline,
        queue: this,
        resolve() {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        reject(error) {
          signal?.removeEventListener('abort', onAbort);
          reject(error);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#insert(waiter);
    });
  }

  /** Takes the first out and lets it go. */
  next(): Call | undefined {
    const waiter = this.#waiters.shift();
    waiter?.resolve();
    return waiter?.call;
  }

  /** Takes out those who can hope for nothing at their position. */
  refuse(isHopeless: (position: number, deadline: number) => boolean, toError: () => Error): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) {
      if (isHopeless(this.#waiters.length, waiter.deadline)) waiter.reject(toError());
      else this.#waiters.push(waiter);
    }
  }

  /** Moves those of one operation. */
  moveTo(other: WaitingQueue<Call>, operation: string): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) (waiter.call.operation === operation ? other : this).#insert(waiter);
  }

  #insert(waiter: Waiter<Call>): void {
    waiter.queue = this;
    // Nearly always at the end; before it only what comes back after it has had its turn.
    const before = this.#waiters.findLastIndex(({ call }) => call.ticket < waiter.call.ticket);
    this.#waiters.splice(before + 1, 0, waiter);
  }
}
