import { LRUCache } from 'lru-cache';
import type { Clock } from '../lib/clock.js';
import { ReadScope } from './read-scope.js';
import { placeOf, type Owner, type Resource } from './resource.js';

/** One caller's reads of one domain since that caller's last write to it. */
export class Generation {
  /** Unique in this process: an entry kept under it belongs to this caller, domain and span alone. */
  readonly id: number;
  /** What the caller's requests share in it. */
  readonly scope = new ReadScope();
  /** Nobody asks in it any more: what is still learnt is kept by nobody. */
  ended = false;

  constructor(id: number) {
    this.id = id;
  }
}

/** All that is held for one caller, in one place, so that it can be dropped at once. */
export class Caller {
  readonly key: string;
  readonly #nextId: () => number;
  readonly #onEnd: (generation: Generation) => void;
  readonly #generations = new Map<string, Generation>();
  readonly #sharedGenerations = new Map<string, string>();
  #accountId: string | undefined;
  #extensionId: string | undefined;

  constructor(key: string, nextId: () => number, onEnd: (generation: Generation) => void) {
    this.key = key;
    this.#nextId = nextId;
    this.#onEnd = onEnd;
  }

  generation(domain: string): Generation {
    let generation = this.#generations.get(domain);
    if (generation === undefined) {
      generation = new Generation(this.#nextId());
      this.#generations.set(domain, generation);
    }
    return generation;
  }

  /** After a write, sent or uncertain: who asks from now on gets nothing that was asked before. */
  renew(domain: string): void {
    const generation = this.#generations.get(domain);
    if (generation === undefined) return;
    this.#generations.delete(domain);
    generation.ended = true;
    this.#onEnd(generation);
  }

  /** Remembers the generation that replicas share; true where it is another one than before. */
  noteSharedGeneration(domain: string, generation: string): boolean {
    const before = this.#sharedGenerations.get(domain);
    this.#sharedGenerations.set(domain, generation);
    return before !== undefined && before !== generation;
  }

  /** After a refused credential: the same for all domains. */
  renewAll(): void {
    for (const domain of this.#generations.keys()) this.renew(domain);
  }

  /** The owner with `~` replaced by what answers have shown it to be. */
  canonical<T extends Owner>(owner: T): T {
    const accountId = owner.accountId === '~' ? (this.#accountId ?? '~') : owner.accountId;
    const own = owner.extensionId === '~' && (accountId === '~' || accountId === this.#accountId);
    const extensionId = own ? this.#extensionId : undefined;
    if (accountId === owner.accountId && extensionId === undefined) return owner;
    return { ...owner, accountId, ...(extensionId !== undefined && { extensionId }) };
  }

  /** Where an id stands, as far as it is known. */
  locate(resource: Resource, owner: Owner, id: string): { owner: Owner; id: string } {
    const place = this.canonical(placeOf(resource, owner, id));
    if (resource.identifiesOwner !== true) return { owner: place, id };
    return { owner: { accountId: place.accountId }, id: place.extensionId ?? id };
  }

  /** Whether an owner's real ids are known. */
  knows({ accountId, extensionId }: Owner): boolean {
    const account = accountId !== '~' || this.#accountId !== undefined;
    return account && (extensionId !== '~' || this.#extensionId !== undefined);
  }

  /** Remembers what `~` is, from the answer to a request that was sent with `~`. The first answer stands. */
  learn(asked: Owner, real: Owner | undefined): void {
    if (real === undefined || (asked.accountId !== '~' && asked.extensionId !== '~')) return;
    this.#accountId ??= real.accountId;
    if (asked.extensionId === '~') this.#extensionId ??= real.extensionId;
  }
}

export interface Callers {
  /** Everything held for the caller with this key; made at the first request. */
  get(key: string): Caller;
  /** Holds nothing for this caller any more. */
  drop(key: string): void;
}

/** Longer than RingCentral's windows. Where one is longer still, the budget keeps the caller's sends by itself. */
const IDLE_MS = 75_000;
/** How often idle callers are looked for, which takes a millisecond. */
const PURGE_EVERY_MS = 5000;

export interface CallersOptions {
  readonly clock: Clock;
  readonly max: number;
  /** How long what is cached for an idle caller may still be wanted. */
  readonly cacheTtlMs: number;
  /** The caller idle longest, or for too long, is no longer held. */
  readonly onDrop: (key: string) => void;
  /** What was kept for a generation can go. */
  readonly onEnd: (generation: Generation) => void;
}

export function createCallers(options: CallersOptions): Callers {
  const { clock } = options;
  let lastId = 0;
  let purgedAt = clock.now();
  const nextId = () => (lastId += 1);
  const callers = new LRUCache<string, Caller>({
    max: options.max,
    ttl: IDLE_MS + options.cacheTtlMs,
    ttlResolution: 0,
    perf: clock,
    updateAgeOnGet: true,
    dispose: (caller, key) => {
      caller.renewAll();
      options.onDrop(key);
    },
  });
  return {
    get(key) {
      let caller = callers.get(key);
      if (caller === undefined) {
        if (clock.now() - purgedAt >= PURGE_EVERY_MS) {
          callers.purgeStale();
          purgedAt = clock.now();
        }
        caller = new Caller(key, nextId, options.onEnd);
        callers.set(key, caller);
      }
      return caller;
    },
    drop(key) {
      callers.delete(key);
    },
  };
}
