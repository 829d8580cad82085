import type { Caller, Generation } from './callers.js';
import type { Sender } from './client.js';
import type { Credential } from './credential.js';
import type { ReadScope } from './read-scope.js';
import type { SharedRead } from './shared-read.js';

/** What one request cost upstream: `extensions.upstream`. */
export interface UpstreamStats {
  /** HTTP requests sent that carried something for this request. */
  calls: number;
  /** Distinct look-ups by id that the cache did not answer. */
  ids: number;
  /** Those of them that went in a call which another request opened. */
  coalesced: number;
  cacheHits: number;
  /** Answers served stale while the budget was frozen or empty. */
  stale: number;
  /** The longest wait for the window and the budget together, in milliseconds. */
  msWaited: number;
}

/** One request of a caller, as the upstream layer sees it. */
export class UpstreamRequest {
  readonly caller: Caller;
  readonly credential: Credential;
  readonly id: string;
  readonly signal: AbortSignal;
  /** What it shares with itself alone, where it shares with no other. */
  readonly scopes = new Map<Generation, ReadScope>();
  readonly stats: UpstreamStats = { calls: 0, ids: 0, coalesced: 0, cacheHits: 0, stale: 0, msWaited: 0 };
  readonly #waiting = new Set<Waiting>();
  #wrote = false;

  constructor(options: { caller: Caller; credential: Credential; id: string; signal: AbortSignal }) {
    this.caller = options.caller;
    this.credential = options.credential;
    this.id = options.id;
    this.signal = options.signal;
    this.signal.addEventListener(
      'abort',
      () => {
        this.#leave();
      },
      { once: true },
    );
  }

  /** Once a write has left, the request runs to its end, whether or not its client is still there. */
  beginWrite(): void {
    this.throwIfGone();
    this.#wrote = true;
  }

  /** Nothing is begun for a client that has gone. @throws the signal's reason */
  throwIfGone(): void {
    if (!this.#wrote) this.signal.throwIfAborted();
  }

  /**
   * Waits from now on until all these reads are settled, which others may wait for too.
   * Rejects with the signal's reason when that comes first.
   */
  wait(reads: readonly SharedRead[], now: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting = { reads, reject };
      let unsettled = 1;
      const onSettled = () => {
        unsettled -= 1;
        if (unsettled > 0) return;
        this.#waiting.delete(waiting);
        resolve();
      };
      this.#waiting.add(waiting);
      for (const read of reads) {
        read.join(this, now);
        if (read.outcome !== undefined) continue;
        unsettled += 1;
        read.onSettled(onSettled);
      }
      onSettled();
    });
  }

  /** It has waited so long for the window or the budget. */
  waited(ms: number): void {
    this.stats.msWaited = Math.max(this.stats.msWaited, Math.round(ms));
  }

  #leave(): void {
    if (this.#wrote) return;
    for (const { reads, reject } of this.#waiting) {
      for (const read of reads) read.leave(this);
      reject(this.signal.reason as Error);
    }
    this.#waiting.clear();
  }

  /** As the sender of a call that this request alone waits for. */
  sender(): Pick<Sender, 'credential' | 'requestId'> & { onSend: () => void; onUnsent: () => void } {
    return {
      credential: this.credential,
      requestId: this.id,
      onSend: () => {
        this.stats.calls += 1;
      },
      onUnsent: () => {
        this.stats.calls -= 1;
      },
    };
  }
}

/** Reads that the request waits for together. */
interface Waiting {
  readonly reads: readonly SharedRead[];
  readonly reject: (reason: Error) => void;
}
