import type { Answer, Call } from './client.js';
import { UpstreamError } from './refusal.js';

/** Twice at most: a GraphQL request has somebody waiting for it. */
const MAX_RETRIES = 2;
/** A short first step, for the same reason; RingCentral's own advice of 2 s and more is for background jobs. */
const FIRST_DELAY_MS = 100;
const RETRYABLE = new Set([502, 503, 504]);

export interface RetryQuestion {
  readonly call: Call;
  /** Undefined where there was a failure instead. */
  readonly answer?: Answer | undefined;
  readonly failure?: unknown;
  /** Whether the request that failed left. */
  readonly left?: boolean;
  /** How often it was sent already. */
  readonly sends: number;
  readonly random: () => number;
}

/**
 * How long to wait before sending again; undefined where it must not be sent again. A read is repeated after a
 * connection error, 502, 503 and 504; a write only where no connection came about.
 */
export function toRetryDelay(question: RetryQuestion): number | undefined {
  const { call, answer, failure, left = true, sends, random } = question;
  if (sends > MAX_RETRIES || !left) return undefined;
  if (answer === undefined) {
    if (!(failure instanceof UpstreamError) || failure.code !== 'UPSTREAM_UNAVAILABLE') return undefined;
    if (call.effect === 'write' && failure.outcome !== 'NOT_APPLIED') return undefined;
  } else if (call.effect === 'write' || !RETRYABLE.has(answer.status)) return undefined;
  const backoffMs = FIRST_DELAY_MS * 2 ** (sends - 1) * (0.5 + random());
  return Math.max(backoffMs, (answer?.retryAfterSeconds ?? 0) * 1000);
}
