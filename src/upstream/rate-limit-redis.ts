import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { FREEZE, RELEASE, RESERVE, SETTLE } from './rate-limit-scripts.js';
import type { Told } from './rate-limit-window.js';
import { evaluate, type Script } from './redis-script.js';
import type { SharedStore } from './shared-store.js';

/** One Redis for all replicas, and who decides when it is asked. */
export interface SharedRedis {
  /** Its commands fail after 50 ms without an answer: nobody waits longer for the other replicas. */
  readonly redis: Redis;
  readonly store: SharedStore;
}

/** A call as the replicas see it. */
export interface SharedCall {
  readonly caller: string;
  /** Distinct within this process. */
  readonly ticket: number;
  readonly sentAt: number;
  /** Where it has a place; undefined where Redis was not asked. */
  shared: SharedPlace | undefined;
}

interface SharedPlace {
  readonly group: string;
  /** Its number in the group; undefined where Redis did not answer. */
  readonly seq?: number;
  /** Whether it is the first call after a freeze. */
  readonly probe: boolean;
}

/** What all replicas together know of a group. */
export interface SharedState {
  readonly limit: number;
  readonly windowMs: number;
  /** How many calls may still be reserved now. */
  readonly left: number;
}

/** Whether there is a place, and where there is none how long to wait before the other replicas are asked again. */
export interface SharedVerdict {
  /** `cold` and `thawing`: the answer to another replica's call is waited for. */
  readonly reason: 'granted' | 'frozen' | 'empty' | 'cold' | 'thawing';
  readonly ms: number;
  /** Where the limit is known. */
  readonly state: SharedState | undefined;
}

export type FreezeListener = (caller: string, group: string, ms: number) => void;

const CHANNEL = 'sb:rl:freezes';
const REASONS = ['granted', 'frozen', 'empty', 'cold', 'thawing'] as const;
/** The answer that another replica waits for takes about as long. */
const BUSY_MS = 50;

/** The budget that all replicas share. Where Redis does not answer it neither allows nor refuses anything. */
export class RedisBudget {
  readonly #redis: Redis;
  readonly #store: SharedStore;
  readonly #subscriber: Redis;
  readonly #leaseMs: number;
  /** Tells this replica's calls and freezes from those of others. */
  readonly #replica = randomUUID();

  /**
   * @param leaseMs how long a call may take; one of whose end nothing is told for longer is lost
   * @param onFreeze told of every 429 that another replica got
   */
  constructor({ redis, store }: SharedRedis, leaseMs: number, onFreeze: FreezeListener) {
    this.#redis = redis;
    this.#store = store;
    this.#leaseMs = leaseMs;
    // A connection that is subscribed can do nothing else.
    this.#subscriber = redis.duplicate({ autoResubscribe: false });
    this.#subscriber.on('error', () => undefined);
    this.#subscriber.on('ready', () => {
      this.#subscriber.subscribe(CHANNEL).catch(() => undefined);
    });
    this.#subscriber.on('message', (_channel: string, message: string) => {
      const [replica, caller, group, ms] = message.split('\n');
      if (replica === this.#replica || caller === undefined || group === undefined) return;
      onFreeze(caller, group, Number(ms));
    });
  }

  /** Takes a place over all replicas; undefined where Redis did not answer. */
  async reserve(call: SharedCall, group: string): Promise<SharedVerdict | undefined> {
    call.shared = undefined;
    if (!this.#store.asking) return undefined;
    // Even a command that nobody waits for any more may take a place.
    call.shared = { group, probe: false };
    const reply = await this.#store.run(() =>
      this.#evaluate(RESERVE, call.caller, group, [this.#idOf(call), this.#leaseMs]),
    );
    if (reply === undefined) return undefined;
    const [code = 0, value = 0, ...rest] = reply as number[];
    const reason = REASONS[code] ?? 'granted';
    if (reason === 'granted') {
      const [probe, limit, windowMs, left] = rest;
      call.shared = { group, seq: value, probe: probe === 1 };
      return { reason, ms: 0, state: toState(limit, windowMs, left) };
    }
    const [limit, windowMs] = rest;
    const ms = reason === 'cold' || reason === 'thawing' ? BUSY_MS : value;
    return { reason, ms, state: toState(limit, windowMs, 0) };
  }

  /** It was never sent. */
  release(call: SharedCall): void {
    const { shared } = call;
    if (shared === undefined) return;
    call.shared = undefined;
    void this.#store.insist(() =>
      this.#evaluate(RELEASE, call.caller, shared.group, [this.#idOf(call), shared.probe ? 1 : 0]),
    );
  }

  /**
   * It is answered, or lost where `told` is undefined; resolves to whether Redis knows now.
   * @param unlimited answers tell of no limit
   */
  async settle(
    call: SharedCall,
    group: string,
    now: number,
    told: Told | undefined,
    unlimited: boolean,
  ): Promise<boolean> {
    if (call.shared?.group !== group) this.release(call);
    const { limit, windowSeconds, remaining, penaltyMs } = told ?? NOTHING_TOLD;
    const args = [
      this.#idOf(call),
      call.shared?.probe !== true ? 0 : told === undefined ? 2 : 1,
      call.shared?.seq ?? '',
      Math.ceil(now - call.sentAt),
      unlimited ? 0 : (limit ?? ''),
      windowSeconds === undefined ? '' : windowSeconds * 1000,
      remaining ?? '',
      penaltyMs === undefined ? '' : Math.ceil(penaltyMs),
      CHANNEL,
      this.#message(call.caller, group),
    ];
    const settle = () => this.#evaluate(SETTLE, call.caller, group, args);
    // The others wait for the end of what has a place there, and for that of a penalty. How many of these fail while
    // Redis hangs is bounded by what was under way before.
    const awaited = call.shared !== undefined || penaltyMs !== undefined;
    return (await (awaited ? this.#store.insist(settle) : this.#store.run(settle))) !== undefined;
  }

  /** Tells of a 429 again; resolves to whether Redis knows now. */
  async freeze(caller: string, group: string, ms: number): Promise<boolean> {
    const message = this.#message(caller, group);
    const freeze = () => this.#evaluate(FREEZE, caller, group, [Math.ceil(ms), CHANNEL, message]);
    return (await this.#store.insist(freeze)) !== undefined;
  }

  close(): void {
    this.#subscriber.disconnect();
  }

  #idOf(call: SharedCall): string {
    return `${this.#replica}:${String(call.ticket)}`;
  }

  #message(caller: string, group: string): string {
    return `${this.#replica}\n${caller}\n${group}\n`;
  }

  #evaluate(
    script: Script,
    caller: string,
    group: string,
    args: readonly (string | number)[],
  ): Promise<unknown> {
    // The braces keep a caller's keys on one node of a cluster.
    const key = `sb:rl:{${caller}}:${group}`;
    return evaluate(this.#redis, script, [key, `${key}:calls`], args);
  }
}

const NOTHING_TOLD: Told = {};

const toState = (limit = 0, windowMs = 0, left = 0): SharedState | undefined =>
  limit > 0 ? { limit, windowMs, left } : undefined;
