/** Entries of lists that are completed in one turn of the event loop, as long as nobody waits. */
const AT_ONCE = 250;
/** Entries completed in a turn when more wait: a millisecond of work or two. A longer list is completed in parts. */
const PER_TURN = 100;
const PART = 20;

/**
 * Shares the event loop among callers: entries of lists are completed a few in each turn, the callers by turns, so that
 * neither one dear answer nor one caller's many keep the others waiting.
 */
export class FairTurns {
  /** By caller; who has waited longest for a turn comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #room = AT_ONCE;
  #scheduled = false;

  /** The part that one request of a caller has in them; once its client has gone, its lists come empty. */
  for(caller: string, hasGone = () => false): RequestTurns {
    return new RequestTurns(this, caller, hasGone);
  }

  /** Whether so many entries may be completed in this turn besides what was before. */
  hasRoom(entries: number): boolean {
    if (this.#waiting.size > 0 || entries > this.#room) return false;
    this.#room -= entries;
    this.#schedule();
    return true;
  }

  /** Calls back when it is the caller's turn. */
  wait(caller: string, onTurn: () => void): void {
    this.#schedule();
    const queue = this.#waiting.get(caller);
    if (queue === undefined) this.#waiting.set(caller, [onTurn]);
    else queue.push(onTurn);
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

/** One request's lists, and what is to come after them. */
export class RequestTurns {
  readonly #turns: FairTurns;
  readonly #caller: string;
  readonly #hasGone: () => boolean;
  /** Turns that it waits for. */
  #waiting = 0;
  #afterwards: (() => void)[] = [];

  constructor(turns: FairTurns, caller: string, hasGone: () => boolean) {
    this.#turns = turns;
    this.#caller = caller;
    this.#hasGone = hasGone;
  }

  /**
   * The list when it is its turn; what is too long for one turn, with its entries as promises of theirs. Entries that
   * are promises already come with the calls that they wait for, a few at a time.
   * @param whole compiled code completes a list in one piece, so that a long one waits for as many turns as it has parts
   */
  spread(
    entries: readonly unknown[],
    { whole = false } = {},
  ): readonly unknown[] | Promise<readonly unknown[]> {
    if (entries.some((entry) => entry instanceof Promise) || this.#turns.hasRoom(entries.length))
      return entries;
    const given = () => (this.#hasGone() ? [] : entries);
    if (entries.length <= PER_TURN) return this.#turn().then(given);
    if (whole) {
      const turns = Array.from({ length: Math.ceil(entries.length / PART) }, () => this.#turn());
      return Promise.all(turns).then(given);
    }
    const spread: Promise<unknown>[] = [];
    for (let start = 0; start < entries.length; start += PART) {
      const turn = this.#turn();
      for (const entry of entries.slice(start, start + PART))
        spread.push(turn.then(() => (this.#hasGone() ? null : entry)));
    }
    return spread;
  }

  /** Runs a task when none of the request's lists waits any more: look-ups that they hold leave together. */
  afterLists(task: () => void): void {
    if (this.#waiting === 0) task();
    else this.#afterwards.push(task);
  }

  #turn(): Promise<void> {
    this.#waiting += 1;
    return new Promise((resolve) => {
      this.#turns.wait(this.#caller, () => {
        resolve();
        // Once what this turn's entries hold has been asked for too.
        setImmediate(() => {
          this.#waiting -= 1;
          if (this.#waiting === 0) for (const task of this.#afterwards.splice(0)) task();
        });
      });
    });
  }
}
