import type { RateLimitedError } from '../../../src/errors.js';
import type { RateHeaders } from '../../../src/upstream/rate-limit-headers.js';
import type { Budget, Reservation, ReserveOptions } from '../../../src/upstream/rate-limit.js';
import { settle } from '../../support/manual-clock.js';

export const LIGHT = { group: 'light', limit: 50, windowSeconds: 60 } as const satisfies RateHeaders;

/** What became of asking for a place. */
export interface Asked {
  outcome: 'waiting' | 'granted' | 'refused' | 'aborted';
  reservation?: Reservation;
  retryAfterSeconds?: number;
}

/** One caller of one operation, who tells what the budget lets him do. */
export class TestCaller {
  readonly #budget: Budget;
  readonly #name: string;
  readonly #operation: string;
  readonly #guess: string;

  constructor(budget: Budget, name = 'caller', operation = 'getOne', guess = 'light') {
    this.#budget = budget;
    this.#name = name;
    this.#operation = operation;
    this.#guess = guess;
  }

  /** The same caller with another operation. */
  using(operation: string, guess: string): TestCaller {
    return new TestCaller(this.#budget, this.#name, operation, guess);
  }

  ask(options: ReserveOptions = {}): Asked {
    const asked: Asked = { outcome: 'waiting' };
    this.#budget.reserve(this.#name, this.#operation, this.#guess, options).then(
      (reservation) => {
        Object.assign(asked, { outcome: 'granted', reservation });
      },
      (error: unknown) => {
        const refusal = error as Partial<RateLimitedError>;
        asked.outcome = refusal.code === 'RATE_LIMITED' ? 'refused' : 'aborted';
        asked.retryAfterSeconds = refusal.extensions?.retryAfterSeconds ?? NaN;
      },
    );
    return asked;
  }

  /** Asks so many times at once, and tells what became of it without time passing. */
  async askMany(count: number, options: ReserveOptions = {}): Promise<Asked[]> {
    const all = Array.from({ length: count }, () => this.ask(options));
    await settle();
    return all;
  }

  /** How many calls may be reserved now; they are given back. */
  async countAllowed(most = 100): Promise<number> {
    const granted = (await this.askMany(most)).filter(({ outcome }) => outcome === 'granted');
    for (const { reservation } of granted) reservation?.release();
    await settle();
    return granted.length;
  }

  /** A call under way. */
  async send(): Promise<Reservation> {
    const reservation = await this.#budget.reserve(this.#name, this.#operation, this.#guess);
    reservation.sent();
    return reservation;
  }

  async sendMany(count: number): Promise<Reservation[]> {
    return Promise.all(Array.from({ length: count }, () => this.send()));
  }

  /** A call that was answered. */
  async call(headers: RateHeaders = {}, status = 200): Promise<void> {
    (await this.send()).answered(status, headers);
  }
}

export function count(all: readonly Asked[], outcome: Asked['outcome']): number {
  return all.filter((asked) => asked.outcome === outcome).length;
}
