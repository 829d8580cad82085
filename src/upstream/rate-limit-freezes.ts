/** Frozen callers beyond this many: the one frozen longest ago is forgotten. */
const MAX_CALLERS = 100_000;

/** When the penalties of callers' groups end. It outlives all else that is held for a caller. */
export class Freezes {
  /** By caller and group; in the order in which the callers were frozen last. */
  readonly #ends = new Map<string, Map<string, number>>();
  readonly #max: number;

  constructor(max = MAX_CALLERS) {
    this.#max = max;
  }

  /** Of two ends the later wins. */
  extend(caller: string, group: string, end: number, now: number): number {
    const groups = this.#ends.get(caller) ?? new Map<string, number>();
    const later = Math.max(end, groups.get(group) ?? 0);
    groups.set(group, later);
    this.#ends.delete(caller);
    this.#makeRoom(now);
    this.#ends.set(caller, groups);
    return later;
  }

  /** A call was answered after the penalty. */
  forgetEnded(caller: string, group: string, now: number): void {
    const groups = this.#ends.get(caller);
    if (groups === undefined || (groups.get(group) ?? 0) > now) return;
    groups.delete(group);
    if (groups.size === 0) this.#ends.delete(caller);
  }

  /** The ends of a caller's penalties by group; some may have passed. */
  of(caller: string): Iterable<readonly [group: string, end: number]> {
    return this.#ends.get(caller) ?? [];
  }

  endOf(caller: string, group: string): number {
    return this.#ends.get(caller)?.get(group) ?? 0;
  }

  *[Symbol.iterator](): Generator<readonly [caller: string, group: string, end: number]> {
    for (const [caller, groups] of this.#ends) for (const [group, end] of groups) yield [caller, group, end];
  }

  #makeRoom(now: number): void {
    for (const [caller, groups] of this.#ends) {
      const over = [...groups.values()].every((end) => end <= now);
      if (!over && this.#ends.size < this.#max) return;
      this.#ends.delete(caller);
    }
  }
}
