import type { Clock } from '../lib/clock.js';

/** Slots for calls at once in this process; waiting callers are served in turn, whatever each has queued. */
export interface Slots {
  /**
   * Resolves to the function that gives the slot back; to undefined when `deadline` passed first.
   * Rejects with the signal's reason when it is aborted while waiting.
   */
  acquire(
    caller: string,
    deadline: number,
    signal?: AbortSignal,
  ): (() => void) | Promise<(() => void) | undefined>;
}

interface Waiting {
  grant(): void;
}

export function createSlots(size: number, clock: Clock): Slots {
  let free = size;
  // A Map keeps its order of insertion: the first caller is the next to be served, and goes to the end after it.
  const queues = new Map<string, Set<Waiting>>();

  function release(): void {
    const [next] = queues;
    if (next === undefined) {
      free += 1;
      return;
    }
    const [caller, queue] = next;
    const [waiting] = queue;
    queues.delete(caller);
    if (waiting === undefined) {
      release();
      return;
    }
    queue.delete(waiting);
    if (queue.size > 0) queues.set(caller, queue);
    waiting.grant();
  }

  /** A slot can be given back once. */
  function slot(): () => void {
    let held = true;
    return () => {
      if (held) release();
      held = false;
    };
  }

  return {
    acquire(caller, deadline, signal) {
      if (free > 0) {
        free -= 1;
        return slot();
      }
      return new Promise((resolve, reject) => {
        const queue = queues.get(caller) ?? new Set<Waiting>();
        queues.set(caller, queue);
        const leave = () => {
          queue.delete(waiting);
          if (queue.size === 0 && queues.get(caller) === queue) queues.delete(caller);
          cancelTimer();
          signal?.removeEventListener('abort', onAbort);
        };
        const onAbort = () => {
          leave();
          reject(signal?.reason as Error);
        };
        const waiting: Waiting = {
          grant() {
            leave();
            resolve(slot());
          },
        };
        const cancelTimer = clock.after(Math.max(0, deadline - clock.now()), () => {
          leave();
          resolve(undefined);
        });
        queue.add(waiting);
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
  };
}
