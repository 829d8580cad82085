/** Calls in flight of a group that no answer has told anything of. */
export const COLD_CALLS = 5;
/**
 * So many answers in a row that tell nothing of limits, where RingCentral tells of them in nearly all: whoever answers
 * counts nothing.
 */
const SILENT_ANSWERS = 10;
/** RingCentral counts by the minute unless an answer says otherwise. */
export const DEFAULT_WINDOW_MS = 60_000;

/** What an answer told of its group. */
export interface Told {
  readonly limit?: number;
  readonly windowSeconds?: number;
  readonly remaining?: number;
  /** It was a 429. */
  readonly penaltyMs?: number;
  /** It was served, and told nothing of limits. */
  readonly silent?: boolean;
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
  /** Undefined until an answer tells it; Infinity where answers tell of no limit. */
  #limit: number | undefined;
  /** Answers in a row that told of no limit. */
  #silent = 0;
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
    const left = this.left(now);
    return this.#limit === undefined ? Math.min(left, COLD_CALLS - this.#open.size) : left;
  }

  /** How many calls what answers have told allows now; below 0 where some must not leave that have their places. */
  left(now: number): number {
    this.#prune(now);
    return this.#ceilingAt(now) - this.#open.size - this.#ended.length;
  }

  /**
   * The earliest time at which so many calls may be reserved if nothing is answered until then; `now` where they may
   * already, or where an answer and not time is waited for.
   */
  availableAt(count: number, now: number): number {
    if (this.left(now) >= count) return now;
    const excess = this.#open.size + this.#ended.length + count;
    const atCeiling = this.#agedOutAt(excess - this.#ceilingAt(now), now);
    if (now >= this.#ceilingEnds) return atCeiling;
    return Math.min(
      atCeiling,
      Math.max(this.#ceilingEnds, this.#agedOutAt(excess - (this.#limit ?? Infinity), now)),
    );
  }

  /** When nothing counts any more if nothing more is sent; undefined when nothing counts now. */
  freeAt(now: number): number | undefined {
    const limit = this.#limit ?? Infinity;
    if (limit === Infinity && now >= this.#ceilingEnds) return undefined;
    this.#prune(now);
    const last = this.#ended.at(-1);
    const free = Math.max(
      this.#open.size > 0 ? now + this.#windowMs : 0,
      last === undefined ? 0 : last.endedAt + this.#windowMs,
      this.#ceilingAt(now) < limit ? this.#ceilingEnds : 0,
    );
    return free > now ? free : undefined;
  }

  /** What the answer to an open call tells; the remainder that a newer call was told stands. */
  learn(call: Call, told: Told, now: number): void {
    this.#listen(told);
    if (call.seq < this.#newest) return;
    const { limit, windowSeconds, remaining } = told;
    if (limit !== undefined) this.#limit = limit;
    if (windowSeconds !== undefined) this.#windowMs = windowSeconds * 1000;
    if (remaining === undefined) return;
    this.#newest = call.seq;
    const known = now < this.#ceilingEnds ? this.#ceiling : 0;
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

  /** What other replicas were told. */
  adopt(limit: number, windowMs: number): void {
    this.#limit = limit;
    this.#windowMs = windowMs;
  }

  /** Where many answers in a row tell of no limit there is none, until one does or a 429 comes. */
  #listen({ silent = false, limit, remaining, penaltyMs }: Told): void {
    if (silent) {
      this.#silent += 1;
      if (this.#silent >= SILENT_ANSWERS) this.#limit ??= Infinity;
    } else if (limit !== undefined || remaining !== undefined || penaltyMs !== undefined) {
      this.#silent = 0;
      if (this.#limit === Infinity) this.#limit = undefined;
    }
  }

  #ceilingAt(now: number): number {
    const limit = this.#limit ?? Infinity;
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
