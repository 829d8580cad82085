import { RateLimitedError } from '../errors.js';
import type { Clock } from '../lib/clock.js';
import { WaitingQueue, type Patience, type QueuedCall } from './rate-limit-queue.js';
import type { SharedState } from './rate-limit-redis.js';
import { SendWindow, type CountedCall, type Told } from './rate-limit-window.js';

/** A call of one caller that needs a place in a group's budget. */
export interface BudgetedCall extends CountedCall, QueuedCall {
  /** The group whose budget it uses. */
  home: GroupBudget;
}

/** What may be told of a group's budget; times in milliseconds since the epoch. */
export interface RateLimitState {
  readonly group: string;
  readonly limit?: number;
  readonly remaining?: number;
  readonly windowSeconds?: number;
  /** When the whole limit is free again if nothing more is sent. */
  readonly resetAt?: number;
  /** The end of a penalty. */
  readonly blockedUntil?: number;
}

/** One caller's budget of one group: who may go now, who waits, and the penalty. */
export class GroupBudget {
  readonly name: string;
  readonly #clock: Clock;
  readonly #window = new SendWindow<BudgetedCall>();
  readonly #queue = new WaitingQueue<BudgetedCall>();
  #frozenUntil: number;
  /** From a freeze until the answer to the first call after it. */
  #thawing: boolean;
  /** That first call. */
  #probe: BudgetedCall | undefined;
  /** When those who wait ask the other replicas again: these have used up the budget, ... */
  #emptyUntil = 0;
  /** ... or wait themselves for the answer to a call. */
  #busyUntil = 0;
  /** What all replicas together had left when they were asked last, and until when that says something. */
  #sharedLeft = Infinity;
  #sharedUntil = 0;
  #timer: { readonly at: number; readonly cancel: () => void } | undefined;

  /** @param frozenUntil the end of its last penalty; 0 where there was none */
  constructor(name: string, clock: Clock, frozenUntil: number) {
    this.name = name;
    this.#clock = clock;
    this.#frozenUntil = frozenUntil;
    this.#thawing = frozenUntil > 0;
  }

  /** Whether an answer has told of its limit. */
  get known(): boolean {
    return this.#window.limit !== undefined && this.#window.limit !== Infinity;
  }

  /** Whether so many answers told of none that there is no limit. */
  get unlimited(): boolean {
    return this.#window.limit === Infinity;
  }

  get thawing(): boolean {
    return this.#thawing;
  }

  get frozenUntil(): number {
    return this.#frozenUntil;
  }

  /** Whether it can be dropped and only its limit is forgotten. */
  isIdle(now: number): boolean {
    return this.#queue.size === 0 && this.#window.open.size === 0 && this.#window.freeAt(now) === undefined;
  }

  isFrozen(now: number): boolean {
    return now < this.#frozenUntil;
  }

  /** Takes a place for the call if there is one at once. */
  admit(call: BudgetedCall, now: number): boolean {
    if (this.#queue.size > 0 || !this.#mayGo(now)) return false;
    this.#take(call);
    return true;
  }

  /** Takes a place when there is one. @throws RateLimitedError once it is certain that there is none in time */
  async wait(call: BudgetedCall, patience: Patience): Promise<void> {
    const now = this.#clock.now();
    if (this.#isHopeless(this.#queue.size, patience.deadline, now)) throw this.refusal(now);
    const turn = this.#queue.wait(call, patience);
    this.#arm(now);
    return turn;
  }

  /** Whether a call that has its place may not start all the same: an answer came in between that changes all. */
  refuses(call: BudgetedCall, now: number): boolean {
    return this.#window.left(now) < 0 || this.isFrozen(now) || (this.#thawing && this.#probe !== call);
  }

  /** Says when the budget returns. */
  refusal(now: number): RateLimitedError {
    return new RateLimitedError(Math.max(1, Math.ceil((this.#returnsAt(0, now) - now) / 1000)));
  }

  /** It was never sent. */
  release(call: BudgetedCall): void {
    this.#remove(call);
    // The place is free for all replicas.
    this.#emptyUntil = 0;
    this.#serve();
  }

  /** It is answered. @param lastSeq the last given out to any call */
  end(call: BudgetedCall, told: Told, lastSeq: number): void {
    const now = this.#clock.now();
    this.#window.learn(call, told, now);
    this.#window.end(call, lastSeq, now);
    this.#thaw(call);
    this.#serve();
  }

  /** It ended without an answer. Where it was the first after a freeze, the next one is that. */
  lose(call: BudgetedCall, lastSeq: number): void {
    this.#window.end(call, lastSeq, this.#clock.now());
    if (this.#probe === call) this.#probe = undefined;
    this.#serve();
  }

  /** After a 429: none starts until then, and one goes first after it. Of two ends the later wins. */
  freeze(until: number): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, until);
    this.#thawing = true;
    this.#probe = undefined;
    this.#serve();
  }

  /** What all replicas together know, where they were asked for a place. */
  adopt({ limit, windowMs, left }: SharedState): void {
    this.#window.adopt(limit, windowMs);
    this.#sharedLeft = left;
    this.#sharedUntil = this.#clock.now() + windowMs;
  }

  /** Whether the other replicas may know of an answer to be waited for of which this one knows nothing. */
  mayWaitFor(reason: 'cold' | 'thawing'): boolean {
    if (reason === 'cold') return this.#window.limit === undefined;
    return this.#thawing || this.#frozenUntil === 0;
  }

  /** All replicas together have no place for a call that has one here: who waits is to ask them again then. */
  giveBack(
    call: BudgetedCall,
    until: { readonly emptyUntil: number } | { readonly busyUntil: number },
  ): void {
    this.#remove(call);
    if ('emptyUntil' in until) this.#emptyUntil = until.emptyUntil;
    else this.#busyUntil = until.busyUntil;
    this.#serve();
  }

  /** An operation turned out to belong to another group: its calls move there, those that wait too. */
  moveTo(other: GroupBudget, operation: string): void {
    for (const call of this.#window.moveTo(other.#window, operation)) {
      call.home = other;
      if (this.#probe === call) this.#probe = undefined;
    }
    this.#queue.moveTo(other.#queue, operation);
    this.#serve();
    other.#serve();
  }

  state(now: number): RateLimitState {
    const { limit, windowMs } = this.#window;
    const freeAt = Math.max(this.#window.freeAt(now) ?? 0, this.#emptyUntil);
    const resetAt = freeAt > now ? freeAt : undefined;
    const frozen = this.isFrozen(now);
    return {
      group: this.name,
      ...(limit !== undefined &&
        limit !== Infinity && {
          limit,
          remaining: frozen ? 0 : this.#remaining(now),
          windowSeconds: windowMs / 1000,
        }),
      ...(resetAt !== undefined && { resetAt }),
      ...(frozen && { blockedUntil: this.#frozenUntil }),
    };
  }

  #remaining(now: number): number {
    if (now < this.#emptyUntil) return 0;
    const shared = now < this.#sharedUntil ? this.#sharedLeft : Infinity;
    return Math.max(0, Math.min(shared, this.#window.allowed(now)));
  }

  #mayGo(now: number): boolean {
    return (
      now >= this.#frozenUntil &&
      !(this.#thawing && this.#probe !== undefined) &&
      this.#window.allowed(now) > 0
    );
  }

  /** The earliest time for a position in the queue; `now` where it waits for an answer and not for budget. */
  #returnsAt(position: number, now: number): number {
    return Math.max(this.#frozenUntil, this.#emptyUntil, this.#window.availableAt(position + 1, now));
  }

  #isHopeless(position: number, deadline: number, now: number): boolean {
    const at = this.#returnsAt(position, now);
    return at > now && at > deadline;
  }

  #take(call: BudgetedCall): void {
    call.home = this;
    this.#window.add(call);
    if (this.#thawing) this.#probe = call;
  }

  #remove(call: BudgetedCall): void {
    this.#window.remove(call);
    if (this.#probe === call) this.#probe = undefined;
  }

  #thaw(call: BudgetedCall): void {
    if (this.#probe !== call) return;
    this.#probe = undefined;
    this.#thawing = false;
  }

  /** Lets go who may, and refuses those for whom the budget now certainly returns too late. */
  #serve(): void {
    if (this.#queue.size === 0) return;
    const now = this.#clock.now();
    while (now >= this.#emptyUntil && now >= this.#busyUntil && this.#mayGo(now)) {
      const call = this.#queue.next();
      if (call === undefined) break;
      this.#take(call);
    }
    this.#queue.refuse(
      (position, deadline) => this.#isHopeless(position, deadline, now),
      () => this.refusal(now),
    );
    this.#arm(now);
  }

  /** One timer, for the first of those that wait for time to pass. */
  #arm(now: number): void {
    const at = this.#queue.size === 0 ? 0 : Math.max(this.#returnsAt(0, now), this.#busyUntil);
    if (this.#timer?.at === at) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (at <= now) return;
    const cancel = this.#clock.after(Math.ceil(at - now), () => {
      this.#timer = undefined;
      this.#serve();
    });
    this.#timer = { at, cancel };
  }
}
