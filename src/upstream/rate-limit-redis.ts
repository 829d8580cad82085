import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { FREEZE, RELEASE, RESERVE, SETTLE, type Script } from './rate-limit-scripts.js';
import type { Told } from './rate-limit-window.js';
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

/** Why there is no place now; the other replicas are to be asked again after that time. */
export interface SharedRefusal {
  readonly reason: 'frozen' | 'empty' | 'busy';
  readonly ms: number;
}

export type FreezeListener = (caller: string, group: string, ms: number) => void;

const CHANNEL = 'sb:rl:freezes';
const REASONS = ['frozen', 'empty', 'busy'] as const;
/** The answer that another replica waits for takes about as long. */
const BUSY_MS = 50;

/** The budget that all replicas share. Where Redis does not answer it neither allows nor refuses anything. */
export class RedisBudget {
  readonly #redis: Redis;
  readonly #store: SharedStore;
  readonly #subscriber: Redis;
  /** Tells this replica's calls and freezes from those of others. */
  readonly #replica = randomUUID();

  /** @param onFreeze told of every 429 that another replica got */
  constructor({ redis, store }: SharedRedis, onFreeze: FreezeListener) {
    this.#redis = redis;
    this.#store = store;
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

  /** Takes a place over all replicas. */
  async reserve(call: SharedCall, group: string): Promise<'granted' | 'unanswered' | SharedRefusal> {
    call.shared = { group, probe: false };
    const reply = await this.#run(RESERVE, call.caller, group, [this.#idOf(call)]);
    if (reply === undefined) return 'unanswered';
    const [refused = 0, value = 0, probe] = reply as number[];
    const reason = REASONS[refused - 1];
    if (reason !== undefined) return { reason, ms: reason === 'busy' ? BUSY_MS : value };
    call.shared = { group, seq: value, probe: probe === 1 };
    return 'granted';
  }

  /** It was never sent. */
  release(call: SharedCall): void {
    const { shared } = call;
    if (shared === undefined) return;
    call.shared = undefined;
    void this.#run(RELEASE, call.caller, shared.group, [this.#idOf(call), shared.probe ? 1 : 0]);
  }

  /** It is answered or lost; resolves to whether Redis knows now. */
  async settle(call: SharedCall, group: string, now: number, told: Told): Promise<boolean> {
    if (call.shared?.group !== group) this.release(call);
    const { limit, windowSeconds, remaining, penaltyMs } = told;
    const reply = await this.#run(SETTLE, call.caller, group, [
      this.#idOf(call),
      call.shared?.probe === true ? 1 : 0,
      call.shared?.seq ?? '',
      Math.ceil(now - call.sentAt),
      limit === Infinity ? 0 : (limit ?? ''),
      windowSeconds === undefined ? '' : windowSeconds * 1000,
      remaining ?? '',
      penaltyMs === undefined ? '' : Math.ceil(penaltyMs),
      CHANNEL,
      this.#message(call.caller, group),
    ]);
    return reply !== undefined;
  }

  /** Tells of a 429 again; resolves to whether Redis knows now. */
  async freeze(caller: string, group: string, ms: number): Promise<boolean> {
    const message = this.#message(caller, group);
    return (await this.#run(FREEZE, caller, group, [Math.ceil(ms), CHANNEL, message])) !== undefined;
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

  #run(script: Script, caller: string, group: string, args: (string | number)[]): Promise<unknown> {
    // The braces keep a caller's keys on one node of a cluster.
    const key = `sb:rl:{${caller}}:${group}`;
    const keys = [key, `${key}:calls`] as const;
    return this.#store.run(async () => {
      try {
        return await this.#redis.evalsha(script.sha, 2, ...keys, ...args);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
        return await this.#redis.eval(script.text, 2, ...keys, ...args);
      }
    });
  }
}
