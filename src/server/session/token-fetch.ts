import type { CustomFetch } from 'openid-client';
import { GatewayError, RateLimitedError } from '../../errors.js';

/** No complete answer came: whether the request was carried out is not known. */
export class LostAnswerError extends GatewayError {
  constructor(timedOut: boolean) {
    super(timedOut ? 'RingCentral did not answer in time.' : 'RingCentral is not available.', {
      code: timedOut ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE',
    });
  }
}

/** A token answer has about 2 kB. */
const MAX_ANSWER_BYTES = 65_536;
/** RingCentral asks for at least 30 s where a 429 names no time (developer guide, rate limits). */
const DEFAULT_RETRY_AFTER_SECONDS = 30;

/** How the OAuth library sends: with whole answers or none, and with 429 and 5xx told apart from what it understands. */
export function createTokenFetch(userAgent: string): CustomFetch {
  return async (url, { body, headers, method, redirect, signal }) => {
    let response: Response;
    let answer: Buffer;
    try {
      response = await fetch(url, {
        method,
        redirect,
        headers: { ...headers, 'user-agent': userAgent },
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      });
      answer = await readAll(response);
    } catch {
      throw new LostAnswerError(signal?.aborted === true);
    }
    const { status } = response;
    if (status === 429) throw new RateLimitedError(readRetryAfter(response), { status });
    if (status >= 500) {
      throw new GatewayError('RingCentral is not available.', {
        code: 'UPSTREAM_UNAVAILABLE',
        upstream: { status },
      });
    }
    return new Response(answer.length > 0 ? answer : null, { status, headers: response.headers });
  };
}

async function readAll(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new RangeError('This is no token answer.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readRetryAfter(response: Response): number {
  const value = response.headers.get('retry-after') ?? '';
  return /^\d{1,6}$/.test(value) ? Number(value) : DEFAULT_RETRY_AFTER_SECONDS;
}
