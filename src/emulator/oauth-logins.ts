import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Clock } from '../lib/clock.js';
import type { Json } from './json.js';
import type { User } from './state.js';

/** RingCentral's guide, "Refreshing access tokens", and RFC 6749, section 4.1.2, for the code. */
const SECONDS = { code: 600, access: 3600, refresh: 604_800, graceOnceUsed: 10, graceUnused: 3600 };

export interface Lifetimes {
  readonly accessSeconds?: number | undefined;
  readonly refreshSeconds?: number | undefined;
}

export interface CodeRequest {
  readonly redirectUri: string;
  /** BASE64URL(SHA-256(verifier)): RFC 7636, section 4.2. */
  readonly challenge: string;
}

interface Code extends CodeRequest {
  readonly user: User;
  readonly endsAt: number;
}

interface Login {
  readonly user: User;
  readonly sessionId: string;
  readonly endpointId: string;
  pair: Pair;
  /** The refresh token that the pair was had for. */
  previous: string | undefined;
  alive: boolean;
}

interface Pair {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly madeAt: number;
  readonly accessEndsAt: number;
  readonly refreshEndsAt: number;
  /** When the access token was first used. */
  usedAt: number | undefined;
}

/** Who has logged in: codes that buy a pair of tokens, and pairs that are rotated. */
export class Logins {
  /** Every code and token that was ever given out. */
  readonly secrets: string[] = [];
  readonly #clock: Clock;
  readonly #lifetimes: Lifetimes;
  readonly #codes = new Map<string, Code>();
  readonly #byAccess = new Map<string, Login>();
  readonly #byRefresh = new Map<string, Login>();

  constructor(clock: Clock, lifetimes: Lifetimes) {
    this.#clock = clock;
    this.#lifetimes = lifetimes;
  }

  createCode(user: User, request: CodeRequest): string {
    const code = this.#secret();
    this.#codes.set(code, { ...request, user, endsAt: this.#clock.now() + SECONDS.code * 1000 });
    return code;
  }

  /** A code is good for one attempt. Undefined where it, its verifier or its address is wrong. */
  exchange(code: string, verifier: string, redirectUri: string, ttl: Lifetimes): Json | undefined {
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    if (found?.challenge !== challenge || found.redirectUri !== redirectUri) return undefined;
    if (found.endsAt <= this.#clock.now()) return undefined;
    const login: Login = {
      user: found.user,
      sessionId: randomUUID(),
      endpointId: randomUUID(),
      pair: this.#createPair(ttl),
      previous: undefined,
      alive: true,
    };
    this.#keep(login);
    return this.#toJson(login);
  }

  /**
   * The next pair; the pair at hand where the token before it comes again within its grace: 10 seconds from the new
   * access token's first use, an hour where it was not used.
   */
  refresh(token: string, ttl: Lifetimes): Json | 'unknown' | 'revoked' | 'expired' {
    const now = this.#clock.now();
    const login = this.#byRefresh.get(token);
    if (login === undefined) return 'unknown';
    const { pair } = login;
    if (!login.alive) return 'revoked';
    if (pair.refreshEndsAt <= now) return 'expired';
    if (pair.refreshToken === token) {
      this.#byAccess.delete(pair.accessToken);
      Object.assign(login, { pair: this.#createPair(ttl), previous: token });
      this.#keep(login);
      return this.#toJson(login);
    }
    const graceEndsAt =
      pair.usedAt === undefined
        ? pair.madeAt + SECONDS.graceUnused * 1000
        : pair.usedAt + SECONDS.graceOnceUsed * 1000;
    return login.previous === token && now < graceEndsAt ? this.#toJson(login) : 'revoked';
  }

  /** Ends the whole login that a token, of either kind, belongs to. */
  revoke(token: string): void {
    const login = this.#find(token);
    if (login !== undefined) login.alive = false;
  }

  revokeAll(): void {
    for (const login of this.#byRefresh.values()) login.alive = false;
  }

  /** Whose access token it is, which begins the grace of the refresh token before. */
  use(accessToken: string): User | 'expired' | undefined {
    const login = this.#byAccess.get(accessToken);
    if (!login?.alive) return undefined;
    if (login.pair.accessEndsAt <= this.#clock.now()) return 'expired';
    login.pair.usedAt ??= this.#clock.now();
    return login.user;
  }

  /** Whom a request for tokens is about. */
  userOf(codeOrToken: string): User | undefined {
    return (this.#codes.get(codeOrToken) ?? this.#find(codeOrToken))?.user;
  }

  #find(token: string): Login | undefined {
    return this.#byAccess.get(token) ?? this.#byRefresh.get(token);
  }

  #createPair(ttl: Lifetimes): Pair {
    const now = this.#clock.now();
    const access = ttl.accessSeconds ?? this.#lifetimes.accessSeconds ?? SECONDS.access;
    const refresh = ttl.refreshSeconds ?? this.#lifetimes.refreshSeconds ?? SECONDS.refresh;
    return {
      accessToken: this.#secret(),
      refreshToken: this.#secret(),
      madeAt: now,
      accessEndsAt: now + access * 1000,
      refreshEndsAt: now + refresh * 1000,
      usedAt: undefined,
    };
  }

  #keep(login: Login): void {
    this.#byAccess.set(login.pair.accessToken, login);
    this.#byRefresh.set(login.pair.refreshToken, login);
  }

  #toJson({ user, sessionId, endpointId, pair }: Login): Json {
    const secondsTo = (end: number) => Math.ceil((end - this.#clock.now()) / 1000);
    return {
      access_token: pair.accessToken,
      token_type: 'bearer',
      expires_in: secondsTo(pair.accessEndsAt),
      refresh_token: pair.refreshToken,
      refresh_token_expires_in: secondsTo(pair.refreshEndsAt),
      scope: 'ReadAccounts EditExtensions',
      owner_id: user.extensionId,
      endpoint_id: endpointId,
      session_id: sessionId,
    };
  }

  #secret(): string {
    const secret = randomBytes(32).toString('base64url');
    this.secrets.push(secret);
    return secret;
  }
}
