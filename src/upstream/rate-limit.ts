import type { Clock } from '../lib/clock.js';
import { CallerBudgets } from './rate-limit-callers.js';
import { Freezes } from './rate-limit-freezes.js';
import type { GroupBudget, RateLimitState } from './rate-limit-group.js';
import type { RateHeaders } from './rate-limit-headers.js';
import type { Told } from './rate-limit-window.js';
import { Place, type PlaceKeeper, type Reservation } from './rate-limit-place.js';
import { RedisBudget, type SharedRedis } from './rate-limit-redis.js';
import { Untold } from './untold.js';

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
  /** Drops what is held for the caller once nothing of it counts. A penalty is remembered to its end all the same. */
  forget(caller: string): void;
  close(): void;
}

export interface BudgetOptions {
  readonly clock: Clock;
  /** Callers beyond this many: the one idle longest is forgotten. */
  readonly maxCallers?: number;
  /** How long a call may take; UPSTREAM_TIMEOUT_MS. */
  readonly callTimeoutMs?: number;
  /** Shares the budget with the other replicas. */
  readonly shared?: SharedRedis | undefined;
}

export function createBudget(options: BudgetOptions): Budget {
  return new ReplicaBudget(options);
}

/** "If absent wait at least 30 seconds": RingCentral on Retry-After. */
const DEFAULT_PENALTY_SECONDS = 30;

/** Keeps what this process knows, and asks the other replicas where it can: both must agree that a call may go. */
class ReplicaBudget implements Budget, PlaceKeeper {
  readonly #clock: Clock;
  readonly #freezes = new Freezes();
  readonly #callers: CallerBudgets;
  readonly #replicas: RedisBudget | undefined;
  /** Freezes that the other replicas do not know of. */
  readonly #untold: Untold | undefined;
  #lastTicket = 0;
  #lastSeq = 0;

  constructor({ clock, maxCallers = 10_000, callTimeoutMs = 10_000, shared }: BudgetOptions) {
    this.#clock = clock;
    this.#callers = new CallerBudgets({ clock, freezes: this.#freezes, maxCallers });
    if (shared === undefined) return;
    const replicas = new RedisBudget(shared, callTimeoutMs, (caller, group, ms) => {
      this.#freeze(caller, group, clock.now() + ms);
    });
    this.#replicas = replicas;
    this.#untold = new Untold({
      clock,
      redis: shared.redis,
      tell: async (item) => {
        const [caller = '', group = ''] = item.split('\n');
        const ms = this.#freezes.endOf(caller, group) - clock.now();
        return ms <= 0 || replicas.freeze(caller, group, ms);
      },
    });
  }

  async reserve(caller: string, operation: string, guess: string, options: ReserveOptions = {}) {
    const { maxWaitMs = 0, signal } = options;
    signal?.throwIfAborted();
    const askedAt = this.#clock.now();
    const patience = { deadline: askedAt + maxWaitMs, signal };
    const ticket = (this.#lastTicket += 1);
    const home = this.#callers.open(caller, operation, guess);
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
    return this.#freezes.endOf(caller, this.#callers.nameOf(caller, operation, guess)) > this.#clock.now();
  }

  snapshot(caller: string): RateLimitState[] {
    const now = this.#clock.now();
    const groups = [...this.#callers.groupsOf(caller)];
    return groups.filter((group) => group.known || group.isFrozen(now)).map((group) => group.state(now));
  }

  forget(caller: string): void {
    this.#callers.forget(caller);
  }

  close(): void {
    this.#replicas?.close();
    this.#untold?.close();
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
      this.#callers.correct(caller, operation, headers.group);
      if (headers.group !== place.group)
        place.home.moveTo(this.#callers.group(caller, headers.group), operation);
      place.confirmed = true;
    }
    const { home } = place;
    const told = toTold(status, headers);
    if (told.penaltyMs !== undefined) this.#freeze(caller, home.name, now + told.penaltyMs, home);
    home.end(place, told, this.#lastSeq);
    this.#settle(place, now, told);
  }

  penaltySeconds({ home }: Place): number {
    return Math.max(0, Math.ceil((home.frozenUntil - this.#clock.now()) / 1000));
  }

  lost(place: Place): void {
    place.home.lose(place, this.#lastSeq);
    this.#settle(place, this.#clock.now(), undefined);
  }

  released(place: Place): void {
    place.home.release(place);
    this.#replicas?.release(place);
  }

  #settle(place: Place, now: number, told: Told | undefined): void {
    const { caller, home } = place;
    if (!home.thawing) this.#freezes.forgetEnded(caller, home.name, now);
    if (this.#replicas === undefined) return;
    const unlimited = told?.silent === true && home.unlimited;
    void this.#replicas.settle(place, home.name, now, told, unlimited).then((known) => {
      if (!known && told?.penaltyMs !== undefined) this.#untold?.add(`${caller}\n${home.name}`);
    });
  }

  /** Whether the other replicas leave the place too, or cannot be asked. Where they do not it is given back. */
  async #agree(place: Place, replicas: RedisBudget): Promise<boolean> {
    const { home } = place;
    const verdict = await replicas.reserve(place, home.name);
    if (verdict === undefined || place.home !== home) return true;
    const { reason, ms, state } = verdict;
    if (state !== undefined) home.adopt(state);
    if (reason === 'granted') return true;
    const until = this.#clock.now() + ms;
    if (reason === 'cold' || reason === 'thawing') {
      // Who could not tell Redis of an answer holds up those who do not know it, and nobody else.
      if (!home.mayWaitFor(reason)) return true;
      home.giveBack(place, { busyUntil: until });
      return false;
    }
    if (reason === 'frozen') this.#freeze(place.caller, home.name, until, home);
    home.giveBack(place, { emptyUntil: until });
    return false;
  }

  /** @param home the group of the call that was answered */
  #freeze(caller: string, name: string, until: number, home?: GroupBudget): void {
    const end = this.#freezes.extend(caller, name, until, this.#clock.now());
    const held = this.#callers.find(caller, name);
    held?.freeze(end);
    // The caller was forgotten while the call was under way; others may still wait there.
    if (home !== held) home?.freeze(end);
  }
}

/** What an answer tells, fit to be believed. */
function toTold(status: number, headers: RateHeaders): Told {
  const { group, limit, windowSeconds, remaining, retryAfterSeconds } = headers;
  const known = {
    ...(limit !== undefined && { limit }),
    ...(windowSeconds !== undefined && { windowSeconds }),
  };
  // A 429 has been seen with the whole limit as its remainder.
  if (status === 429) return { ...known, penaltyMs: (retryAfterSeconds ?? DEFAULT_PENALTY_SECONDS) * 1000 };
  // Of a caller whom it does not know, or when it fails, upstream tells no limits.
  const silent =
    group === undefined &&
    limit === undefined &&
    remaining === undefined &&
    windowSeconds === undefined &&
    status < 500 &&
    status !== 401;
  return { ...known, ...(remaining !== undefined && { remaining }), ...(silent && { silent }) };
}
