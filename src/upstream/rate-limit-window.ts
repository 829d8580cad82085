/** Calls in flight of a group that no answer has told anything of. */
export const COLD_CALLS = 5;
/** RingCentral counts by the minute unless an answer says otherwise. */
export const DEFAULT_WINDOW_MS = 60_000;

/** What an answer told of its group. */
export interface Told {
  /** Infinity: answers tell of none. */
  readonly limit?: number;
  readonly windowSeconds?: number;
  readonly remaining?: number;
  /** It was a 429. */
  readonly penaltyMs?: number;
}

/** A call that counts. The order of sends is told by `seq`, not by time: many leave in one millisecond. */
export interface CountedCall {
  readonly operation: string;
  /** Whether an answer has said that it counts here. */
  readonly confirmed: boolean;
  /** 0 until it is sent. */
  readonly seq: number;
  readonly sentAt: number;
  endedAt: number;
  /** The last `seq` given out when it ended: a call with a higher one was sent after that. */
  endedAfter: number;
}

/**
 * The calls of one caller and group that count against its limit. A call counts from its reservation until a window
 * after its end: upstream counted it at some moment between its send and its end, and nobody knows which.
 */
export class SendWindow<Call extends CountedCall = CountedCall> {
  /** Undefined until an answer; Infinity where answers tell of no limit. */
  #limit: number | undefined;
  #windowMs = DEFAULT_WINDOW_MS;
  /** Reserved or under way. */
  readonly #open = new Set<Call>();
  /** In the order of their ends. */
  #ended: Call[] = [];
  /** The `seq` of the newest call whose answer told something. */
  #newest = 0;
  /** What the limit leaves us beside other clients of the same user, as far as the newest answer shows. */
  #ceiling = Infinity;
  /** By then all that other clients had sent has come back. */
  #ceilingEnds = 0;

  get limit(): number | undefined {
    return this.#limit;
  }

  get windowMs(): number {
    return this.#windowMs;
  }

  /** Reserved or under way. */
  get open(): ReadonlySet<Call> {
    return this.#open;
  }

  add(call: Call): void {
    this.#open.add(call);
  }

  /** It was never sent, or belongs to another group. */
  remove(call: Call): void {
    this.#open.delete(call);
  }

  /** It is answered or lost: it comes back after the window. @param lastSeq the last given out to any call */
  end(call: Call, lastSeq: number, now: number): void {
    if (!this.#open.delete(call) || this.#limit === Infinity) return;
    this.#prune(now);
    call.endedAt = now;
    call.endedAfter = lastSeq;
    this.#ended.push(call);
  }

  /** An operation turned out to count against another limit: its calls count there. Gives those still open. */
  moveTo(other: SendWindow<Call>, operation: string): Call[] {
    const moves = (call: Call) => call.operation === operation && !call.confirmed;
    const open = [...this.#open].filter(moves);
    for (const call of open) {
      this.#open.delete(call);
      other.#open.add(call);
    }
    other.#ended = [...other.#ended, ...this.#ended.filter(moves)].sort((a, b) => a.endedAt - b.endedAt);
    this.#ended = this.#ended.filter((call) => !moves(call));
    return open;
  }

  /** How many calls may be reserved now; not above 0 where none may. */
  allowed(now: number): number {
    if (this.#limit === undefined) return COLD_CALLS - this.#open.size;
    this.#prune(now);
    return this.#ceilingAt(now) - this.#open.size - this.#ended.length;
  }

  /**
   * The earliest time at which so many calls may be reserved if nothing is answered until then; `now` where they may
   * already, or where an answer and not time is waited for.
   */
  availableAt(count: number, now: number): number {
    if (this.#limit === undefined || this.allowed(now) >= count) return now;
    const excess = this.#open.size + this.#ended.length + count;
    const atCeiling = this.#agedOutAt(excess - this.#ceilingAt(now), now);
    if (now >= this.#ceilingEnds) return atCeiling;
    return Math.min(atCeiling, Math.max(this.#ceilingEnds, this.#agedOutAt(excess - this.#limit, now)));
  }

  /** When nothing counts any more if nothing more is sent; undefined when nothing counts now. */
  freeAt(now: number): number | undefined {
    if (this.#limit === undefined || this.#limit === Infinity) return undefined;
    this.#prune(now);
    const last = this.#ended.at(-1);
    const free = Math.max(
      this.#open.size > 0 ? now + this.#windowMs : 0,
      last === undefined ? 0 : last.endedAt + this.#windowMs,
      this.#ceilingAt(now) < this.#limit ? this.#ceilingEnds : 0,
    );
    return free > now ? free : undefined;
  }

  /** What the answer to an open call tells; that of a newer call stands. */
  learn(call: Call, told: Told, now: number): void {
    if (told.limit === Infinity) this.#limit ??= Infinity;
    const limit = told.limit === Infinity ? this.#limit : (told.limit ?? this.#limit);
    if (limit === undefined || limit === Infinity || call.seq < this.#newest) return;
    const { windowSeconds, remaining } = told;
    const known = now < this.#ceilingEnds ? this.#ceiling : 0;
    this.#newest = call.seq;
    this.#limit = limit;
    if (windowSeconds !== undefined) this.#windowMs = windowSeconds * 1000;
    if (remaining === undefined) return;
    this.#prune(now);
    // Upstream certainly counted this call and those that ended before it left; perhaps all that left before it.
    // Within these bounds, which parallel calls leave open, what was known before stands.
    let certainly = 1;
    let perhaps = 0;
    for (const other of this.#ended) {
      if (other.sentAt + this.#windowMs <= now) continue;
      if (other.endedAfter < call.seq) certainly += 1;
      if (other.seq < call.seq) perhaps += 1;
    }
    for (const other of this.#open) if (other.seq > 0 && other.seq <= call.seq) perhaps += 1;
    this.#ceiling = remaining + Math.max(certainly, Math.min(perhaps, known - remaining));
    this.#ceilingEnds = now + this.#windowMs;
  }

  #ceilingAt(now: number): number {
    const limit = this.#limit ?? COLD_CALLS;
    return now < this.#ceilingEnds ? Math.min(limit, this.#ceiling) : limit;
  }

  #agedOutAt(count: number, now: number): number {
    if (count <= 0) return now;
    const call = this.#ended[count - 1];
    // One that is still open counts for a whole window after its end.
    return (call?.endedAt ?? now) + this.#windowMs;
  }

  #prune(now: number): void {
    for (;;) {
      const [oldest] = this.#ended;
      if (oldest === undefined || oldest.endedAt + this.#windowMs > now) return;
      this.#ended.shift();
    }
  }
}
