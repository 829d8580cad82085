import type { CallEvent } from './client.js';
import { UpstreamError } from './refusal.js';

/** The part of got's errors that tells how far a request came: when its connection stood. */
interface WireError {
  readonly timings?: { readonly connect?: number; readonly secureConnect?: number };
}

export class AbortedError extends Error {
  constructor() {
    super('Nobody waits for this call any more.');
    this.name = 'AbortedError';
  }
}

export class OversizedError extends Error {
  constructor() {
    super('The answer is larger than any answer of RingCentral.');
    this.name = 'OversizedError';
  }
}

/** What a failed exchange means. got's own error is not kept as a cause: it holds the request's headers. */
export function toFailure(
  error: unknown,
  serverUrl: string,
): { error: UpstreamError; event: CallEvent['status'] } {
  const cause = (error as { cause?: unknown }).cause ?? error;
  const outcome = arrived(error as WireError, serverUrl) ? 'UNKNOWN' : 'NOT_APPLIED';
  if (cause instanceof OversizedError) {
    return { error: new UpstreamError({ code: 'UPSTREAM_INVALID_RESPONSE' }, outcome), event: 'oversized' };
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { error: new UpstreamError({ code: 'UPSTREAM_TIMEOUT' }, outcome), event: 'timeout' };
  }
  const event = cause instanceof AbortedError ? 'aborted' : 'unavailable';
  return { error: new UpstreamError({ code: 'UPSTREAM_UNAVAILABLE' }, outcome), event };
}

/** Whether a connection came about, so that the request may have been read. */
function arrived(error: WireError, serverUrl: string): boolean {
  const timings = error.timings;
  return (serverUrl.startsWith('https:') ? timings?.secureConnect : timings?.connect) !== undefined;
}
