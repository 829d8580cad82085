import { RateLimitedError } from '../../../../src/errors.js';
import { InvalidGrantError, type OAuthClient } from '../../../../src/server/session/oauth-client.js';
import { LostAnswerError } from '../../../../src/server/session/token-fetch.js';
import type { Tokens } from '../../../../src/server/session/tokens.js';
import type { Clock } from '../../../../src/lib/clock.js';

/** RingCentral's token endpoint as a value: rotating refresh tokens, each good until the pair that it got is used. */
export class FakeOAuth implements OAuthClient {
  readonly requests: string[] = [];
  readonly revoked: string[] = [];
  /** What the next requests meet; `lost` carries the request out and drops its answer. */
  readonly faults: ('lost' | Error)[] = [];
  /** Awaited before the next request is carried out, and after it before its answer is given. */
  before: Promise<void> | undefined;
  after: Promise<void> | undefined;
  readonly #clock: Clock;
  #current = 1;
  #previousUsed = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  tokens(generation = this.#current): Tokens {
    const expiresAt = this.#clock.now() + 3_600_000;
    return {
      accessToken: `access-${String(generation)}`,
      refreshToken: `refresh-${String(generation)}`,
      expiresAt,
      renewAt: expiresAt - 60_000,
      extensionId: '62181001',
    };
  }

  /** The current access token is used for longer than the grace: the refresh token before it dies. */
  useCurrent(): void {
    this.#previousUsed = true;
  }

  async refresh({ refreshToken = '' }: Tokens): Promise<Tokens> {
    this.requests.push(refreshToken);
    const fault = this.faults.shift();
    if (fault instanceof Error) throw fault;
    const { before, after } = this;
    this.before = this.after = undefined;
    await before;
    if (refreshToken === `refresh-${String(this.#current)}`) {
      this.#current += 1;
      this.#previousUsed = false;
    } else if (refreshToken !== `refresh-${String(this.#current - 1)}` || this.#previousUsed) {
      throw new InvalidGrantError();
    }
    const tokens = this.tokens();
    await after;
    if (fault === 'lost') throw new LostAnswerError(false);
    return tokens;
  }

  revoke({ refreshToken = '' }: Tokens): Promise<void> {
    this.revoked.push(refreshToken);
    return Promise.resolve();
  }

  exchange = (): Promise<Tokens> => Promise.reject(new InvalidGrantError());
  authorizationUrl = (): Promise<string> => Promise.resolve('');
}

export const tooMany = (seconds: number): Error => new RateLimitedError(seconds, { status: 429 });
