import type { BudgetedCall, GroupBudget } from './rate-limit-group.js';
import type { RateHeaders } from './rate-limit-headers.js';
import type { SharedCall } from './rate-limit-redis.js';

/** A place in the budget, taken for one call. Only the first word on its end counts. */
export interface Reservation {
  /** The group whose budget it uses; an answer's header corrects it. */
  readonly group: string;
  /** How long it waited for its place. */
  readonly waitedMs: number;
  /**
   * To be called just before the call leaves: it counts as sent from now on, whatever becomes of it.
   * @throws RateLimitedError when an answer since the reservation leaves no budget for it (a penalty, or a remainder below
   * what was reserved): the call must not leave, and its place is given back
   */
  sent(): void;
  /** The head of its answer has arrived. */
  answered(status: number, headers: RateHeaders): void;
  /** For how many seconds from now on a penalty of its group lasts; 0 where there is none. */
  penaltySeconds(): number;
  /** It ended without an answer. */
  lost(): void;
  /** It was never sent, or certainly did not arrive: gives its place back at once. */
  release(): void;
}

/** The budget that a place belongs to. */
export interface PlaceKeeper {
  sent(place: Place): void;
  answered(place: Place, status: number, headers: RateHeaders): void;
  penaltySeconds(place: Place): number;
  lost(place: Place): void;
  released(place: Place): void;
}

/** One of these is made for every call: a class, so that none of its methods is. */
export class Place implements Reservation, BudgetedCall, SharedCall {
  readonly caller: string;
  readonly operation: string;
  readonly ticket: number;
  home: GroupBudget;
  shared: SharedCall['shared'];
  waitedMs = 0;
  confirmed = false;
  seq = 0;
  sentAt = 0;
  endedAt = 0;
  endedAfter = 0;
  #over = false;
  readonly #keeper: PlaceKeeper;

  constructor(
    keeper: PlaceKeeper,
    call: { caller: string; operation: string; ticket: number; home: GroupBudget },
  ) {
    this.#keeper = keeper;
    this.caller = call.caller;
    this.operation = call.operation;
    this.ticket = call.ticket;
    this.home = call.home;
  }

  get group(): string {
    return this.home.name;
  }

  sent(): void {
    if (!this.#over && this.seq === 0) this.#keeper.sent(this);
  }

  answered(status: number, headers: RateHeaders): void {
    if (this.#end()) this.#keeper.answered(this, status, headers);
  }

  penaltySeconds(): number {
    return this.#keeper.penaltySeconds(this);
  }

  lost(): void {
    if (this.#end()) this.#keeper.lost(this);
  }

  release(): void {
    if (this.#end()) this.#keeper.released(this);
  }

  #end(): boolean {
    const first = !this.#over;
    this.#over = true;
    return first;
  }
}
