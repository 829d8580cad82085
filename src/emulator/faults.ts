import type { Answer } from './error-body.js';

/** What the next calls to some address meet instead of an answer, or on their way to one. */
export interface FaultOrder {
  readonly method?: string;
  /** Tested against the path; every path where it is left out. */
  readonly path?: RegExp;
  /** How many calls; one unless said. */
  readonly times?: number;
  /** Answers this in place of anything else; nothing is applied. */
  readonly answer?: Answer;
  /** Waits before the answer leaves. */
  readonly hold?: Promise<unknown>;
  /** Whether the state is read, and written, before the wait or after it. */
  readonly holdWhen?: 'before' | 'after';
  /** Closes the connection in place of an answer, before or after the call was applied. */
  readonly reset?: 'before' | 'afterApplying';
  /** Sends so much of the body and closes the connection: 0 to 1. */
  readonly truncate?: number;
  /** Changes what would be answered. */
  readonly rewrite?: (answer: WrittenAnswer) => WrittenAnswer;
}

/** An answer as it goes over the wire. */
export interface WrittenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export class Faults {
  #orders: { order: FaultOrder; left: number }[] = [];

  add(order: FaultOrder): void {
    this.#orders.push({ order, left: order.times ?? 1 });
  }

  clear(): void {
    this.#orders = [];
  }

  /** The fault that this call meets; each is used up as often as it was ordered. */
  take(method: string, path: string): FaultOrder | undefined {
    const found = this.#orders.find(
      ({ order, left }) =>
        left > 0 && (order.method ?? method) === method && (order.path?.test(path) ?? true),
    );
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.order;
  }
}
