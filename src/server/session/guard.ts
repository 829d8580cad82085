import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../../errors.js';

/**
 * Whether a request shows that our own page sent it: `X-CSRF: 1`, which no form and no other origin can send unasked,
 * and, where the browser tells them, our own `Origin` and a `Sec-Fetch-Site` of `same-origin`.
 */
export const isSameOrigin = (headers: IncomingHttpHeaders, publicUrl: string): boolean =>
  findMissing(headers, publicUrl) === undefined;

/** For a request that carries the session's cookie. @throws GatewayError FORBIDDEN unless it `isSameOrigin` */
export function assertSameOrigin(headers: IncomingHttpHeaders, publicUrl: string): void {
  const missing = findMissing(headers, publicUrl);
  if (missing === undefined) return;
  throw new GatewayError(`A request with a session must be sent ${missing}.`, {
    code: 'FORBIDDEN',
    http: { status: 403 },
  });
}

function findMissing(headers: IncomingHttpHeaders, publicUrl: string): string | undefined {
  if (headers['x-csrf'] !== '1') return 'with the header X-CSRF: 1';
  const { origin, 'sec-fetch-site': site } = headers;
  const foreign =
    (origin !== undefined && origin !== publicUrl) || (site !== undefined && site !== 'same-origin');
  return foreign ? 'by a page of the same origin' : undefined;
}
