import { LRUCache } from 'lru-cache';
import type { Clock } from '../lib/clock.js';
import type { Freezes } from './rate-limit-freezes.js';
import { GroupBudget } from './rate-limit-group.js';

/** RingCentral documents five groups; the names are upstream's, so that their number must be bounded here. */
const MAX_GROUPS = 16;
/** Far more than RingCentral has operations. */
const MAX_OPERATIONS = 1000;

interface CallerBudget {
  readonly groups: Map<string, GroupBudget>;
  /** By operation: as an answer to this caller has named it, else as it was guessed first. */
  readonly groupOf: Map<string, string>;
}

/** The budgets of all callers. */
export class CallerBudgets {
  readonly #clock: Clock;
  readonly #freezes: Freezes;
  readonly #callers: LRUCache<string, CallerBudget>;
  /** Groups by operation as answers have named them last, to whomever: the first guess for every other caller. */
  readonly #guesses = new LRUCache<string, string>({ max: MAX_OPERATIONS });
  /** Callers who are to be forgotten once what they sent no longer counts. */
  readonly #leaving = new Set<string>();

  constructor(options: { clock: Clock; freezes: Freezes; maxCallers: number }) {
    this.#clock = options.clock;
    this.#freezes = options.freezes;
    this.#callers = new LRUCache({ max: options.maxCallers });
  }

  /** The group of a caller's operation; what other callers are told later does not move it. */
  open(caller: string, operation: string, guess: string): GroupBudget {
    this.#leaving.delete(caller);
    const { groupOf } = this.#get(caller);
    let name = groupOf.get(operation);
    if (name === undefined) {
      name = this.#guess(operation, guess);
      groupOf.set(operation, name);
    }
    return this.group(caller, name);
  }

  nameOf(caller: string, operation: string, guess: string): string {
    return this.#callers.get(caller)?.groupOf.get(operation) ?? this.#guess(operation, guess);
  }

  /** An answer has named the operation's group. */
  correct(caller: string, operation: string, name: string): void {
    this.#get(caller).groupOf.set(operation, name);
    this.#guesses.set(operation, name);
  }

  group(caller: string, name: string): GroupBudget {
    const { groups } = this.#get(caller);
    let group = groups.get(name);
    if (group === undefined) {
      if (groups.size >= MAX_GROUPS) dropOne(groups, this.#clock.now());
      group = new GroupBudget(name, this.#clock, this.#freezes.endOf(caller, name));
      groups.set(name, group);
    }
    return group;
  }

  /** The group of a caller of whom something is held. */
  find(caller: string, name: string): GroupBudget | undefined {
    return this.#callers.has(caller) ? this.group(caller, name) : undefined;
  }

  groupsOf(caller: string): Iterable<GroupBudget> {
    return this.#get(caller).groups.values();
  }

  /** Drops the caller, as soon as none of its calls counts any more. */
  forget(caller: string): void {
    this.#leaving.add(caller);
    // More than one for each that comes, so that few ever stay.
    let looks = 2;
    for (const leaving of this.#leaving) {
      this.#leaving.delete(leaving);
      if (this.#isIdle(leaving)) this.#callers.delete(leaving);
      else this.#leaving.add(leaving);
      looks -= 1;
      if (looks === 0) return;
    }
  }

  #isIdle(caller: string): boolean {
    const now = this.#clock.now();
    for (const group of this.#callers.peek(caller)?.groups.values() ?? [])
      if (!group.isIdle(now)) return false;
    return true;
  }

  #guess(operation: string, guess: string): string {
    return this.#guesses.get(operation) ?? guess.toLowerCase();
  }

  #get(caller: string): CallerBudget {
    let held = this.#callers.get(caller);
    if (held === undefined) {
      held = { groups: new Map(), groupOf: new Map() };
      for (const [name, end] of this.#freezes.of(caller))
        held.groups.set(name, new GroupBudget(name, this.#clock, end));
      this.#callers.set(caller, held);
    }
    return held;
  }
}

/** Prefers a group of which only the limit is forgotten. */
function dropOne(groups: Map<string, GroupBudget>, now: number): void {
  const [oldest = ''] = groups.keys();
  const idle = [...groups.values()].find((group) => group.isIdle(now));
  groups.delete(idle?.name ?? oldest);
}
