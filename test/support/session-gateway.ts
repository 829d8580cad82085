import fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { Secret } from '../../src/lib/secret.js';
import { GatewayError } from '../../src/errors.js';
import type { Clock } from '../../src/lib/clock.js';
import { createInboundRate } from '../../src/server/inbound-rate.js';
import { createMemoryStore } from '../../src/server/session/memory-store.js';
import { createSessions, type SessionEvent, type Sessions } from '../../src/server/session/session.js';
import type { SessionStore } from '../../src/server/session/store.js';
import { OAuthStandIn } from './oauth-stand-in.js';

export const PUBLIC_URL = 'https://app.example.com';

/** The routes of browser sessions, and `GET /probe`, which sends a token upstream as the gateway does. */
export interface SessionGateway {
  readonly app: FastifyInstance;
  readonly sessions: Sessions;
  readonly events: SessionEvent[];
  /** The callers whose sessions were ended by a logout. */
  readonly ended: string[];
}

export interface SessionGatewayOptions {
  readonly oauth: OAuthStandIn;
  readonly serverUrl: string;
  readonly clock: Clock;
  readonly publicUrl?: string;
  readonly secrets?: readonly string[];
  readonly store?: SessionStore;
  readonly timeoutMs?: number;
}

export function createSessionGateway(options: SessionGatewayOptions): SessionGateway {
  const { oauth, clock } = options;
  const events: SessionEvent[] = [];
  const ended: string[] = [];
  const sessions = createSessions({
    config: {
      clientId: OAuthStandIn.CLIENT_ID,
      clientSecret: new Secret(OAuthStandIn.CLIENT_SECRET),
      publicUrl: options.publicUrl ?? PUBLIC_URL,
      secrets: (options.secrets ?? ['a'.repeat(32)]).map((secret) => new Secret(secret)),
      idleSeconds: 3600,
      maxSeconds: 43_200,
    },
    serverUrl: options.serverUrl,
    callerKey: Buffer.from('caller key of the tests'),
    store: options.store ?? createMemoryStore({ clock }),
    clock,
    userAgent: 'switchboard/test',
    timeoutMs: options.timeoutMs ?? 10_000,
    onEvent: (event) => events.push(event),
    clientOf: ({ headers }) => String(headers['x-client']),
    loginRate: createInboundRate({ perMinute: 30, clock, max: 100 }),
    onLogout: (caller) => ended.push(caller),
  });
  const app = fastify();
  app.setErrorHandler((error, _request, reply) => {
    const code = error instanceof GatewayError ? error.code : 'INTERNAL_SERVER_ERROR';
    return reply.code(500).send({ code, handledBy: 'app' });
  });
  sessions.register(app);
  app.get('/probe', async (request) => {
    const credential = await sessions.credential(request);
    if (credential === undefined) return { caller: null, accepted: false };
    const { caller } = credential;
    const token = await credential.accessToken();
    if (oauth.accepts(token)) return { caller, accepted: true };
    const renewed = (await credential.renew?.(token)) === true;
    return { caller, accepted: renewed && oauth.accepts(await credential.accessToken()) };
  });
  return { app, sessions, events, ended };
}

/** What a browser does with cookies and redirects, over an app that listens nowhere. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  /** Every Set-Cookie header that came. */
  readonly received: string[] = [];
  #app: FastifyInstance;

  constructor(gateway: SessionGateway) {
    this.#app = gateway.app;
  }

  /** The gateway was started anew. */
  moveTo(gateway: SessionGateway): void {
    this.#app = gateway.app;
  }

  /** A request that a page of the app sends with fetch. */
  fetch(path: string, method: 'GET' | 'POST' = 'GET'): Promise<LightMyRequestResponse> {
    return this.send(path, { 'x-csrf': '1', 'sec-fetch-site': 'same-origin' }, method);
  }

  async send(path: string, headers: Record<string, string> = {}, method: 'GET' | 'POST' = 'GET') {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await this.#app.inject({
      method,
      url: path,
      headers: { host: 'internal.example:4000', ...(cookie !== '' && { cookie }), ...headers },
    });
    this.#keep([response.headers['set-cookie'] ?? []].flat());
    return response;
  }

  /** Begins a login and lets the authorization server agree: the path of the callback that it sends the browser to. */
  async beginLogin(returnTo = '/page'): Promise<string> {
    const begun = await this.send(`/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
    const agreed = await fetch(begun.headers.location ?? '', { redirect: 'manual' });
    const callback = new URL(agreed.headers.get('location') ?? '');
    return callback.pathname + callback.search;
  }

  async login(returnTo?: string): Promise<LightMyRequestResponse> {
    return this.send(await this.beginLogin(returnTo), { 'sec-fetch-site': 'cross-site' });
  }

  #keep(headers: string[]): void {
    for (const header of headers) {
      this.received.push(header);
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      if (header.includes('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}
