import type { Caller } from './callers.js';
import type { Sender } from './client.js';
import type { Credential } from './credential.js';
import type { JsonRecord } from './json.js';
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
    if (!this.#wrote) this.signal.throwIfAborted();
    this.#wrote = true;
  }

  /** Waits for a read that others may wait for too. Rejects with the signal's reason when that comes first. */
  wait(read: SharedRead): Promise<JsonRecord> {
    if (!this.#wrote) this.signal.throwIfAborted();
    read.join(this);
    return new Promise((resolve, reject) => {
      this.#waiting.add({ read, reject });
      read.promise.then(resolve, reject);
    });
  }

  #leave(): void {
    if (this.#wrote) return;
    for (const { read, reject } of this.#waiting) {
      read.leave(this);
      reject(this.signal.reason as Error);
    }
    this.#waiting.clear();
  }

  /** As the sender of a call that this request alone waits for. */
  sender(): Pick<Sender, 'credential' | 'requestId'> & { onSend: () => void } {
    return {
      credential: this.credential,
      requestId: this.id,
      onSend: () => {
        this.stats.calls += 1;
      },
    };
  }
}

/** A read that the request waits for. */
interface Waiting {
  readonly read: SharedRead;
  readonly reject: (reason: Error) => void;
}
