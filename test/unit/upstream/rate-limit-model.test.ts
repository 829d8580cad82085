import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBudget, type Budget, type Reservation } from '../../../src/upstream/rate-limit.js';
import { ManualClock } from '../../support/manual-clock.js';

const WINDOW_MS = 10_000;
const PENALTY_MS = 5000;
const MAX_LATENCY_MS = 3000;

interface Journey {
  readonly upMs: number;
  readonly downMs: number;
  readonly fate: 'answered' | 'lost on the way up' | 'lost on the way down';
}

type Step =
  | { readonly kind: 'ask'; readonly times: number; readonly maxWaitMs: number }
  | ({ readonly kind: 'send' } & Journey)
  | { readonly kind: 'release' | 'abort' | 'foreign' }
  | { readonly kind: 'pass'; readonly ms: number };

/** RingCentral as the documentation has it: a sliding window, and a penalty that any request in it begins again. */
class Upstream {
  readonly #clock: ManualClock;
  readonly #limit: number;
  #arrivals: number[] = [];
  #penaltyEnds = 0;

  constructor(clock: ManualClock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  /** How many it has counted in the window that ends now, this one included. */
  count(): { used: number; remaining: number; refused: boolean } {
    const now = this.#clock.now();
    this.#arrivals = [...this.#arrivals.filter((at) => at > now - WINDOW_MS), now];
    const used = this.#arrivals.length;
    const refused = used > this.#limit || now < this.#penaltyEnds;
    if (refused) this.#penaltyEnds = now + PENALTY_MS;
    return { used, remaining: Math.max(0, this.#limit - used), refused };
  }
}

/** One caller who does what he is told, and looks at what the budget lets him do. */
class Simulation {
  readonly clock = new ManualClock();
  readonly violations: string[] = [];
  readonly #budget: Budget = createBudget({ clock: this.clock });
  readonly #upstream: Upstream;
  readonly #limit: number;
  readonly #guess: string;
  readonly #granted: Reservation[] = [];
  readonly #waiting = new Set<AbortController>();
  #inFlight = 0;
  #known = false;

  constructor(limit: number, guess: string) {
    this.#upstream = new Upstream(this.clock, limit);
    this.#limit = limit;
    this.#guess = guess;
  }

  async run(step: Step): Promise<void> {
    if (step.kind === 'ask') for (let index = 0; index < step.times; index += 1) this.#ask(step.maxWaitMs);
    else if (step.kind === 'send') this.#send(step);
    else if (step.kind === 'release') this.#granted.shift()?.release();
    else if (step.kind === 'foreign') this.#upstream.count();
    else if (step.kind === 'abort') [...this.#waiting].at(0)?.abort();
    await this.clock.advance(step.kind === 'pass' ? step.ms : 0);
  }

  /** Lets everything go its way until nobody waits; the time that it took in windows. */
  async finish(): Promise<number> {
    let windows = 0;
    for (; (this.#waiting.size > 0 || this.#inFlight > 0) && windows < 200; windows += 1) {
      while (this.#granted.length > 0) this.#send({ upMs: 10, downMs: 10, fate: 'answered' });
      await this.clock.advance(WINDOW_MS);
    }
    return windows;
  }

  #ask(maxWaitMs: number): void {
    const controller = new AbortController();
    this.#waiting.add(controller);
    const done = () => this.#waiting.delete(controller);
    const { signal } = controller;
    this.#budget.reserve('caller', 'getOne', this.#guess, { maxWaitMs, signal }).then((reservation) => {
      done();
      this.#granted.push(reservation);
      if (!this.#known && this.#granted.length + this.#inFlight > 5) this.violations.push('cold');
    }, done);
  }

  #send({ upMs, downMs, fate }: Journey): void {
    const reservation = this.#granted.shift();
    if (reservation === undefined) return;
    try {
      reservation.sent();
    } catch {
      return;
    }
    const knew = this.#known;
    this.#inFlight += 1;
    const end = (how: () => void) => {
      this.#inFlight -= 1;
      how();
    };
    const lose = () => {
      end(() => {
        reservation.lost();
      });
    };
    if (fate === 'lost on the way up') {
      this.clock.after(upMs, lose);
      return;
    }
    this.clock.after(upMs, () => {
      const { used, remaining, refused } = this.#upstream.count();
      if (knew && used > this.#limit) this.violations.push(`${String(used)} of ${String(this.#limit)}`);
      if (fate === 'lost on the way down') this.clock.after(downMs, lose);
      else {
        this.clock.after(downMs, () => {
          end(() => {
            const told = { group: 'light', limit: this.#limit, windowSeconds: WINDOW_MS / 1000 };
            this.#known = true;
            if (refused)
              reservation.answered(429, { ...told, remaining: 99, retryAfterSeconds: PENALTY_MS / 1000 });
            else reservation.answered(200, { ...told, remaining });
          });
        });
      }
    });
  }
}

const latency = fc.integer({ min: 0, max: MAX_LATENCY_MS });
const ask = fc.record({
  kind: fc.constant('ask' as const),
  times: fc.integer({ min: 1, max: 12 }),
  maxWaitMs: fc.constantFrom(0, 1000, WINDOW_MS, 3 * WINDOW_MS),
});
const send = fc.record({
  kind: fc.constant('send' as const),
  upMs: latency,
  downMs: latency,
  fate: fc.constantFrom(
    'answered' as const,
    'answered' as const,
    'lost on the way up' as const,
    'lost on the way down' as const,
  ),
});
const pass = fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 6000 }) });
const own = [
  { arbitrary: ask, weight: 3 },
  { arbitrary: send, weight: 8 },
  { arbitrary: fc.record({ kind: fc.constantFrom('release' as const, 'abort' as const) }), weight: 1 },
  { arbitrary: pass, weight: 4 },
];
const foreign = { arbitrary: fc.record({ kind: fc.constant('foreign' as const) }), weight: 3 };
const limits = fc.integer({ min: 1, max: 20 });
const guesses = fc.constantFrom('light', 'heavy');

describe('whatever calls do, in whatever order', () => {
  it('upstream never sees more than its limit once it has told it, and nobody waits for ever', async () => {
    const steps = fc.array(fc.oneof(...own), { minLength: 10, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(limits, guesses, steps, async (limit, guess, list) => {
        const simulation = new Simulation(limit, guess);
        for (const step of list) await simulation.run(step);
        expect(await simulation.finish()).toBeLessThan(200);
        expect(simulation.violations).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('nobody waits for ever where other clients use the same budget', async () => {
    const steps = fc.array(fc.oneof(...own, foreign), { minLength: 10, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(limits, guesses, steps, async (limit, guess, list) => {
        const simulation = new Simulation(limit, guess);
        for (const step of list) await simulation.run(step);
        expect(await simulation.finish()).toBeLessThan(200);
      }),
      { numRuns: 150 },
    );
  });
});
