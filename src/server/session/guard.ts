import type { IncomingHttpHeaders } from 'node:http';
import { GatewayError } from '../../errors.js';

/**
 * Refuses a request that carries the session's cookie without showing that our own page sent it: `X-CSRF: 1`, which
 * no form and no other origin can send unasked, and, where the browser tells them, our own `Origin` and a
 * `Sec-Fetch-Site` of `same-origin`.
 * @throws GatewayError FORBIDDEN
 */
export function assertSameOrigin(headers: IncomingHttpHeaders, publicUrl: string): void {
  if (headers['x-csrf'] !== '1') throw refuse('with the header X-CSRF: 1');
  const { origin, 'sec-fetch-site': site } = headers;
  if ((origin !== undefined && origin !== publicUrl) || (site !== undefined && site !== 'same-origin')) {
    throw refuse('by a page of the same origin');
  }
}

const refuse = (condition: string) =>
  new GatewayError(`A request with a session must be sent ${condition}.`, {
    code: 'FORBIDDEN',
    http: { status: 403 },
  });
