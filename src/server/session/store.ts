/** A session as the store knows it: what it holds is encrypted. */
export interface StoredSession {
  /** Goes up with each write. */
  readonly version: number;
  readonly value: string;
  /** Until it ends if nobody uses it any more. */
  readonly expiresInMs: number;
}

export interface Lifetimes {
  /** Without use. */
  readonly idleMs: number;
  /** In all, however much it is used. */
  readonly maxMs: number;
}

/**
 * Where sessions live. Keys and names are hashes. All of it is shared by the replicas that share a store.
 * Every method rejects with GatewayError UPSTREAM_UNAVAILABLE when the store cannot be reached; what it was to do may
 * then have been done or not.
 */
export interface SessionStore {
  create(key: string, value: string, lifetimes: Lifetimes): Promise<void>;
  /** With `idleMs` this is a use of the session, which then has so long again. */
  get(key: string, idleMs?: number): Promise<StoredSession | undefined>;
  /** Writes if the session is there in that version; its end stays as it is. False otherwise. */
  compareAndSet(key: string, version: number, value: string): Promise<boolean>;
  /** With a version only that one. Resolves to whether there was something to delete. */
  delete(key: string, version?: number): Promise<boolean>;

  /** Takes the lock of that name for at most `leaseMs`. False while somebody else has it. */
  lock(name: string, token: string, leaseMs: number): Promise<boolean>;
  /** Gives it back, if it is still this token's. */
  unlock(name: string, token: string): Promise<void>;

  /** Remembers for `ms` that RingCentral wants no token requests of this name. */
  freeze(name: string, ms: number): Promise<void>;
  /** How long that still holds; 0: it does not. */
  frozenMs(name: string): Promise<number>;
}
