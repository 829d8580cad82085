import type { Answer, WrittenAnswer } from './answer.js';
import type { BatchEdit } from './batch-faults.js';
import { refuse } from './error-body.js';

/** Which calls meet a fault: all that is said must hold. */
export interface FaultTarget {
  readonly method?: string;
  /** Tested against the path as it came, without the query. */
  readonly path?: RegExp;
  /** RingCentral's name of it, for example `loadBlockedNumber`. */
  readonly operation?: string;
  /** One caller's calls alone. */
  readonly token?: string;
}

/** What the next calls to some address meet instead of an answer, or on their way to one. */
export interface FaultOrder extends FaultTarget {
  /** How many calls; one unless said. */
  readonly times?: number;
  /** Answers this in place of anything else; nothing is applied. */
  readonly answer?: Answer;
  /** Keeps the answer until this is settled. */
  readonly hold?: Promise<unknown>;
  /** `before`: the call is carried out once the hold is over, else (`after`) on arrival, so that its answer is old. */
  readonly holdWhen?: 'before' | 'after';
  /** Milliseconds by the emulator's clock until the answer leaves. */
  readonly slowMs?: number;
  /** Closes the connection in place of an answer, before or after the call was applied. */
  readonly reset?: 'before' | 'afterApplying';
  /** Sends so much of the body and closes the connection: 0 to 1. */
  readonly truncate?: number;
  /** Changes a 207 before it is written; see batch-faults.ts. */
  readonly batch?: BatchEdit;
  /** Changes what would go over the wire. */
  readonly rewrite?: (answer: WrittenAnswer) => WrittenAnswer;
}

interface Arriving {
  readonly method: string;
  readonly path: string;
  readonly operation: string | undefined;
  readonly token: string | undefined;
}

export class Faults {
  #orders: { order: FaultOrder; left: number }[] = [];

  add(order: FaultOrder): void {
    this.#orders.push({ order, left: order.times ?? 1 });
  }

  /** The fault that this call meets, the oldest order first; each is used up as often as it was ordered. */
  take(call: Arriving): FaultOrder | undefined {
    const found = this.#orders.find(({ order }) => matches(order, call));
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left === 0) this.#orders = this.#orders.filter((other) => other !== found);
    return found.order;
  }
}

const matches = (order: FaultTarget, call: Arriving): boolean =>
  (order.method ?? call.method) === call.method &&
  (order.path === undefined || call.path.search(order.path) !== -1) &&
  (order.operation === undefined || order.operation === call.operation) &&
  (order.token === undefined || order.token === call.token);

/** Answers to order, for `FaultOrder.answer`. */
export const rateExceeded = (retryAfterSeconds?: number): Answer => ({
  ...refuse(429, 'CMN-301', 'Request rate exceeded'),
  ...(retryAfterSeconds !== undefined && { headers: { 'retry-after': String(retryAfterSeconds) } }),
});

export const unavailable = (retryAfterSeconds?: number): Answer => ({
  ...refuse(503, 'CMN-201', 'Service Temporary Unavailable'),
  ...(retryAfterSeconds !== undefined && { headers: { 'retry-after': String(retryAfterSeconds) } }),
});

/** A 401 that no new token cures. */
export const loginRequired = (): Answer => refuse(401, 'CMN-405', 'Login to extension required');

/** What a proxy says when nobody stands behind it. */
export const proxyPage = (status = 502): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  text: `<html><head><title>${status}</title></head><body><center><h1>${status} Bad Gateway</h1></center></body></html>`,
});
