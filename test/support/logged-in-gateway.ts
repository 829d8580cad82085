import type { AppOverrides } from '../../src/app.js';
import { startGateway, type TestGateway } from './gateway.js';

export interface LoggedInGateway extends TestGateway {
  /** The session's cookie, as a Cookie header holds it. */
  readonly cookie: string;
  /** The session's id, which is the value of the cookie. */
  readonly sessionId: string;
  /** A request as a page of our own origin sends it with this cookie. */
  fetch(path: string, init?: Init): Promise<Response>;
  ask(
    query: string,
  ): Promise<{ status: number; body: { data?: unknown; errors?: { extensions: object }[] } }>;
}

type Init = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> };

const PUBLIC_URL = 'http://127.0.0.1:4999';

/** A whole gateway with browser sessions, in which a browser has logged in with Ann Archer's account. */
export async function startLoggedIn(
  env: Readonly<Record<string, string>> = {},
  options: { readonly overrides?: AppOverrides } = {},
): Promise<LoggedInGateway> {
  const gateway = await startGateway(
    {
      RINGCENTRAL_CLIENT_ID: 'switchboard-demo',
      RINGCENTRAL_CLIENT_SECRET: 'demo-client-secret',
      PUBLIC_URL,
      SESSION_SECRET: 's'.repeat(32),
      ...env,
    },
    { emulator: { oauth: { autoLogin: 'Ann Archer' } }, ...options },
  );
  const cookie = await logIn(gateway.url);
  const ownFetch = (path: string, init: Init = {}) =>
    fetch(gateway.url + path, {
      ...init,
      headers: { cookie, 'x-csrf': '1', 'sec-fetch-site': 'same-origin', ...init.headers },
    });
  return {
    ...gateway,
    cookie,
    sessionId: cookie.replace(/^[^=]+=/, ''),
    fetch: ownFetch,
    async ask(query) {
      const response = await ownFetch('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      return { status: response.status, body: (await response.json()) as { data?: unknown } };
    },
  };
}

/** What a browser does at a login, without the browser. */
async function logIn(url: string): Promise<string> {
  const begun = await fetch(`${url}/auth/login?returnTo=/`, { redirect: 'manual' });
  const [transaction = ''] = begun.headers.getSetCookie().map((cookie) => cookie.replace(/;.*/, ''));
  const authorized = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' });
  const callback = new URL(authorized.headers.get('location') ?? '');
  const done = await fetch(url + callback.pathname + callback.search, {
    redirect: 'manual',
    headers: { cookie: transaction },
  });
  const session = done.headers.getSetCookie().find((cookie) => /session=[^;]/.test(cookie));
  return session?.replace(/;.*/, '') ?? '';
}
