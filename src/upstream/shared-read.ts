import type { Outcome } from './cache.js';
import type { UpstreamRequest } from './request.js';

/** One HTTP call that carries reads, each of which several requests may wait for. */
export class SharedCall {
  /** The request whose credential it is sent with: that of its first read. */
  readonly opener: UpstreamRequest;
  readonly #reads: readonly SharedRead[];
  /** The id of each read; empty where they have none. */
  readonly #ids: readonly string[];
  readonly #counted = new Set<UpstreamRequest>();
  readonly #abort = new AbortController();
  /** How many requests left for all of its reads. */
  #sends = 0;

  /** @param reads at least one, all of one caller. */
  constructor(reads: readonly SharedRead[], ids: readonly string[] = []) {
    const [first] = reads;
    if (first === undefined) throw new TypeError('A call carries at least one read.');
    this.opener = first.opener;
    this.#reads = reads;
    this.#ids = ids;
    for (const read of reads) read.carriedBy(this);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /**
   * Each time that an HTTP request leaves for it, every request that waits for what that carries has one more call to
   * its count.
   * @param part the ids that it carries, where the call was cut
   */
  onSend = (part?: readonly string[]): void => {
    if (part === undefined) this.#sends += 1;
    for (const request of this.#waitingFor(part)) request.stats.calls += 1;
  };

  /** It did not leave after all. */
  onUnsent = (part?: readonly string[]): void => {
    if (part === undefined) this.#sends -= 1;
    for (const request of this.#waitingFor(part)) request.stats.calls -= 1;
  };

  /** A request waits for one of the reads. */
  count(request: UpstreamRequest, read: SharedRead): void {
    if (read.byId && request !== this.opener) request.stats.coalesced += 1;
    if (this.#counted.has(request)) return;
    this.#counted.add(request);
    if (this.#sends > 0) request.stats.calls += 1;
  }

  /** Ends the call once nobody waits for any of its reads. */
  abandonIfUnwanted(): void {
    if (this.#reads.every((read) => !read.wanted)) this.#abort.abort();
  }

  #waitingFor(part: readonly string[] | undefined): Iterable<UpstreamRequest> {
    if (part === undefined) return this.#counted;
    const carried = new Set(part);
    return new Set(
      this.#reads.flatMap((read, index) => (carried.has(this.#ids[index] ?? '') ? [...read.riders] : [])),
    );
  }
}

/** One read under way, by id or of a list, that any number of one caller's requests wait for. */
export class SharedRead {
  /** The request that began it. */
  readonly opener: UpstreamRequest;
  /** A look-up by id, which the statistics count. */
  readonly byId: boolean;
  /** Who waits for it, and since when. */
  readonly #riders = new Map<UpstreamRequest, number>();
  readonly #onUnwanted: () => void;
  readonly #listeners: (() => void)[] = [];
  #call: SharedCall | undefined;
  #outcome: Outcome | undefined;

  constructor(options: { opener: UpstreamRequest; byId: boolean; onUnwanted: () => void }) {
    this.opener = options.opener;
    this.byId = options.byId;
    this.#onUnwanted = options.onUnwanted;
  }

  /** What it came to; undefined until then. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  settle(outcome: Outcome): void {
    this.#outcome = outcome;
    for (const listener of this.#listeners.splice(0)) listener();
  }

  /** Calls back once, when it is settled. A callback and no promise: a page waits for many reads at once. */
  onSettled(listener: () => void): void {
    this.#listeners.push(listener);
  }

  get riders(): Iterable<UpstreamRequest> {
    return this.#riders.keys();
  }

  get wanted(): boolean {
    return this.#riders.size > 0;
  }

  join(request: UpstreamRequest, now: number): void {
    if (this.#riders.has(request)) return;
    this.#riders.set(request, now);
    if (this.byId) request.stats.ids += 1;
    this.#call?.count(request, this);
  }

  /** The request's client has gone. */
  leave(request: UpstreamRequest): void {
    if (!this.#riders.delete(request) || this.#riders.size > 0 || this.#outcome !== undefined) return;
    this.#onUnwanted();
    this.#call?.abandonIfUnwanted();
  }

  /** A request gets its answer from the cache after all. */
  answeredElsewhere(request: UpstreamRequest): void {
    if (!this.byId) return;
    request.stats.ids -= 1;
    if (this.#call !== undefined && request !== this.#call.opener) request.stats.coalesced -= 1;
  }

  carriedBy(call: SharedCall): void {
    this.#call = call;
    for (const request of this.#riders.keys()) call.count(request, this);
  }

  /** The wait for the window and the budget is over, for all that wait for it now. */
  waited(now: number): void {
    for (const [request, since] of this.#riders) request.waited(now - since);
  }
}
