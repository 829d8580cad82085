/** Entries of lists that are completed at once in one turn of the event loop, as long as nobody waits. */
const AT_ONCE = 250;
/** Entries completed in a turn when more wait: some hundreds of microseconds of work. */
const PER_TURN = 20;

/**
 * Shares the event loop among callers: entries of long lists are completed a few in each turn, the callers by turns, so
 * that neither one dear answer nor one caller's many keep the others waiting.
 */
export class FairTurns {
  /** By caller; who has waited longest for a turn comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #room = AT_ONCE;
  #scheduled = false;

  /** The list, its entries as far as there is room for them now, the others as promises of them. */
  spread(caller: string, entries: readonly unknown[]): readonly unknown[] {
    const now = this.#waiting.size > 0 ? 0 : Math.min(entries.length, this.#room);
    this.#room -= now;
    this.#schedule();
    if (now === entries.length) return entries;
    const spread = entries.slice(0, now);
    for (let start = now; start < entries.length; start += PER_TURN) {
      const turn = this.#wait(caller);
      for (const entry of entries.slice(start, start + PER_TURN)) spread.push(afterTurn(entry, turn));
    }
    return spread;
  }

  #wait(caller: string): Promise<void> {
    return new Promise((resolve) => {
      const queue = this.#waiting.get(caller);
      if (queue === undefined) this.#waiting.set(caller, [resolve]);
      else queue.push(resolve);
    });
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#room = AT_ONCE;
      this.#next();
    });
  }

  #next(): void {
    const [first] = this.#waiting;
    if (first === undefined) return;
    const [caller, queue] = first;
    queue.shift()?.();
    this.#waiting.delete(caller);
    if (queue.length > 0) this.#waiting.set(caller, queue);
    if (this.#waiting.size > 0) this.#schedule();
  }
}

/** A failure is told at once: nobody may find it without a handler. */
async function afterTurn(entry: unknown, turn: Promise<void>): Promise<unknown> {
  const value = await entry;
  await turn;
  return value;
}
