import { LRUCache } from 'lru-cache';
import type { Clock } from '../lib/clock.js';
import { Freezes } from './rate-limit-freezes.js';
import { GroupBudget, type RateLimitState } from './rate-limit-group.js';
import type { RateHeaders } from './rate-limit-headers.js';
import type { Told } from './rate-limit-window.js';
import { Place, type PlaceKeeper, type Reservation } from './rate-limit-place.js';
import { RedisBudget, type SharedRedis } from './rate-limit-redis.js';

export type { RateLimitState } from './rate-limit-group.js';
export type { Reservation } from './rate-limit-place.js';

export interface ReserveOptions {
  /** How long it may wait for budget; 0 unless said. The answer to a call under way is waited for besides. */
  readonly maxWaitMs?: number;
  readonly signal?: AbortSignal;
}

/** What each caller may send, by RingCentral's groups. */
export interface Budget {
  /**
   * Takes a place for one call, first come first served.
   * @param caller a hash, never the credential itself
   * @param guess the group that the documentation names; an answer's header corrects it for all that follow
   * @throws RateLimitedError at once when the budget cannot return within `maxWaitMs`; the signal's reason when it is
   * aborted while waiting
   */
  reserve(caller: string, operation: string, guess: string, options?: ReserveOptions): Promise<Reservation>;
  /** Whether a penalty keeps the caller's operation from being sent. */
  isFrozen(caller: string, operation: string, guess: string): boolean;
  /** What is known of the caller's groups that answers have named; costs no call. */
  snapshot(caller: string): RateLimitState[];
  /** Drops what is held for the caller. A penalty is remembered to its end all the same. */
  forget(caller: string): void;
  close(): void;
}

export interface BudgetOptions {
  readonly clock: Clock;
  /** Callers beyond this many: the one idle longest is forgotten. */
  readonly maxCallers?: number;
  /** Shares the budget with the other replicas. */
  readonly shared?: SharedRedis | undefined;
}

export function createBudget(options: BudgetOptions): Budget {
  return new ReplicaBudget(options);
}

/** RingCentral documents five groups; the names are upstream's, so that their number must be bounded here. */
const MAX_GROUPS = 16;
/** Far more than RingCentral has operations. */
const MAX_OPERATIONS = 1000;
/** "If absent wait at least 30 seconds": RingCentral on Retry-After. */
const DEFAULT_PENALTY_SECONDS = 30;

/** Keeps what this process knows, and asks the other replicas where it can: both must agree that a call may go. */
class ReplicaBudget implements Budget, PlaceKeeper {
  readonly #clock: Clock;
  readonly #callers: LRUCache<string, Map<string, GroupBudget>>;
  /** Groups by operation, as answers have named them. */
  readonly #groupOf = new LRUCache<string, string>({ max: MAX_OPERATIONS });
  readonly #freezes = new Freezes();
  readonly #replicas: RedisBudget | undefined;
  /** Whether there is a freeze that Redis could not be told of. */
  #untold = false;
  #lastTicket = 0;
  #lastSeq = 0;

  constructor({ clock, maxCallers = 10_000, shared }: BudgetOptions) {
    this.#clock = clock;
    this.#callers = new LRUCache({ max: maxCallers });
    if (shared === undefined) return;
    this.#replicas = new RedisBudget(shared, (caller, group, ms) => {
      this.#freeze(caller, group, clock.now() + ms);
    });
  }

  async reserve(caller: string, operation: string, guess: string, options: ReserveOptions = {}) {
    const { maxWaitMs = 0, signal } = options;
    signal?.throwIfAborted();
    const askedAt = this.#clock.now();
    const patience = { deadline: askedAt + maxWaitMs, signal };
    const ticket = (this.#lastTicket += 1);
    const home = this.#group(caller, this.#nameOf(operation, guess));
    const place = new Place(this, { caller, operation, ticket, home });
    let admitted = home.admit(place, askedAt);
    do {
      // While it waits it may move to another group.
      if (!admitted) await place.home.wait(place, patience);
      admitted = false;
    } while (this.#replicas !== undefined && !(await this.#agree(place, this.#replicas)));
    if (signal?.aborted === true) {
      place.release();
      signal.throwIfAborted();
    }
    place.waitedMs = this.#clock.now() - askedAt;
    return place;
  }

  isFrozen(caller: string, operation: string, guess: string): boolean {
    return this.#freezes.endOf(caller, this.#nameOf(operation, guess)) > this.#clock.now();
  }

  snapshot(caller: string): RateLimitState[] {
    const now = this.#clock.now();
    const groups = [...this.#groupsOf(caller).values()];
    return groups.filter((group) => group.known || group.isFrozen(now)).map((group) => group.state(now));
  }

  forget(caller: string): void {
    this.#callers.delete(caller);
  }

  close(): void {
    this.#replicas?.close();
  }

  sent(place: Place): void {
    const now = this.#clock.now();
    const { home } = place;
    if (this.#freezes.endOf(place.caller, home.name) > now || home.refuses(place, now)) {
      place.release();
      throw home.refusal(now);
    }
    place.seq = this.#lastSeq += 1;
    place.sentAt = now;
  }

  answered(place: Place, status: number, headers: RateHeaders): void {
    const now = this.#clock.now();
    const { caller, operation } = place;
    if (headers.group !== undefined) {
      this.#groupOf.set(operation, headers.group);
      if (headers.group !== place.group) place.home.moveTo(this.#group(caller, headers.group), operation);
      place.confirmed = true;
    }
    const { home } = place;
    const told = toTold(status, headers);
    if (told.penaltyMs !== undefined) this.#freeze(caller, home.name, now + told.penaltyMs, home);
    this.#end(place, now, told);
  }

  lost(place: Place): void {
    this.#end(place, this.#clock.now(), {});
  }

  released(place: Place): void {
    place.home.release(place);
    this.#replicas?.release(place);
  }

  #end(place: Place, now: number, told: Told): void {
    const { caller, home } = place;
    home.end(place, told, this.#lastSeq);
    if (!home.thawing) this.#freezes.forgetEnded(caller, home.name, now);
    if (this.#replicas === undefined) return;
    void this.#replicas.settle(place, home.name, now, told).then((known) => {
      if (!known && told.penaltyMs !== undefined) this.#untold = true;
    });
  }

  /** Whether the other replicas leave the place too, or cannot be asked. Where they do not it is given back. */
  async #agree(place: Place, replicas: RedisBudget): Promise<boolean> {
    const { home } = place;
    const verdict = await replicas.reserve(place, home.name);
    if (verdict === 'unanswered') return true;
    if (this.#untold) this.#tellFreezes(replicas);
    if (verdict === 'granted' || place.home !== home) return true;
    const until = this.#clock.now() + verdict.ms;
    if (verdict.reason === 'frozen') this.#freeze(place.caller, home.name, until, home);
    home.giveBack(place, verdict.reason === 'busy' ? { busyUntil: until } : { emptyUntil: until });
    return false;
  }

  #tellFreezes(replicas: RedisBudget): void {
    const now = this.#clock.now();
    this.#untold = false;
    for (const [caller, group, end] of this.#freezes) {
      if (end <= now) continue;
      void replicas.freeze(caller, group, end - now).then((known) => {
        if (!known) this.#untold = true;
      });
    }
  }

  /** @param home the group of the call that was answered */
  #freeze(caller: string, name: string, until: number, home?: GroupBudget): void {
    const end = this.#freezes.extend(caller, name, until, this.#clock.now());
    const held = this.#callers.has(caller) ? this.#group(caller, name) : undefined;
    held?.freeze(end);
    // The caller was forgotten while the call was under way; others may still wait there.
    if (home !== held) home?.freeze(end);
  }

  #nameOf(operation: string, guess: string): string {
    return this.#groupOf.get(operation) ?? guess.toLowerCase();
  }

  #group(caller: string, name: string): GroupBudget {
    const groups = this.#groupsOf(caller);
    let group = groups.get(name);
    if (group === undefined) {
      if (groups.size >= MAX_GROUPS) dropOne(groups, this.#clock.now());
      group = new GroupBudget(name, this.#clock, this.#freezes.endOf(caller, name));
      groups.set(name, group);
    }
    return group;
  }

  #groupsOf(caller: string): Map<string, GroupBudget> {
    let groups = this.#callers.get(caller);
    if (groups === undefined) {
      groups = new Map();
      for (const [name, end] of this.#freezes.of(caller))
        groups.set(name, new GroupBudget(name, this.#clock, end));
      this.#callers.set(caller, groups);
    }
    return groups;
  }
}

/** What an answer tells, fit to be believed. */
function toTold(status: number, { limit, windowSeconds, remaining, retryAfterSeconds }: RateHeaders): Told {
  const known = {
    ...(limit !== undefined && { limit }),
    ...(windowSeconds !== undefined && { windowSeconds }),
  };
  // A 429 has been seen with the whole limit as its remainder.
  if (status === 429) return { ...known, penaltyMs: (retryAfterSeconds ?? DEFAULT_PENALTY_SECONDS) * 1000 };
  // An upstream that answers a caller whom it knows, and tells of no limit, has none until it does.
  const unlimited = limit === undefined && status < 500 && status !== 401;
  return { ...known, ...(unlimited && { limit: Infinity }), ...(remaining !== undefined && { remaining }) };
}

/** Prefers a group of which only the limit is forgotten. */
function dropOne(groups: Map<string, GroupBudget>, now: number): void {
  const [oldest = ''] = groups.keys();
  const idle = [...groups.values()].find((group) => group.isIdle(now));
  groups.delete(idle?.name ?? oldest);
}
