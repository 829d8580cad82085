import { afterEach, describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/server/session/memory-store.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startLoggedIn, type LoggedInGateway } from '../support/logged-in-gateway.js';
import { ManualClock } from '../support/manual-clock.js';

const READ = '{ extension { name } }';
const JSON_TYPE = { 'content-type': 'application/json' };
const LIMIT = 'INBOUND_RATE_PER_MINUTE';
/** Nothing comes back while a test runs. */
const still = () => ({ overrides: { clock: new ManualClock() } });

let gateway: TestGateway;
afterEach(() => gateway.stop());

async function limitOf(answer: Promise<Response>): Promise<string | undefined> {
  const { errors = [] } = (await (await answer).json()) as { errors?: { extensions: { limit?: string } }[] };
  return errors[0]?.extensions.limit;
}

describe('an address is counted for', () => {
  it.each<[string, string, RequestInit]>([
    ['a body that is no JSON', '/graphql', { method: 'POST', headers: JSON_TYPE, body: '{' }],
    ['a form', '/graphql', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' }],
    ['nothing at all', '/nothing', {}],
    ['a path that does not decode', '/%ff', {}],
    ['another method', '/graphql', { method: 'DELETE' }],
    ['a preflight of nobody', '/graphql', { method: 'OPTIONS' }],
    [
      'a cookie without X-CSRF',
      '/graphql',
      { method: 'POST', headers: { ...JSON_TYPE, cookie: 'a=b' }, body: '{}' },
    ],
    ['a query that Apollo refuses', '/graphql?query={__typename}', {}],
  ])('%s', async (_what, path, init) => {
    gateway = await startGateway({ INBOUND_RATE_PER_MINUTE: '2' }, still());
    for (let sent = 0; sent < 2; sent += 1)
      expect(await limitOf(fetch(gateway.url + path, init))).toBeUndefined();
    const response = await fetch(gateway.url + path, init);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '30']);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
    expect(await limitOf(Promise.resolve(response))).toBe(LIMIT);
  });

  it('unknown documents', async () => {
    gateway = await startGateway(
      {
        INBOUND_RATE_PER_MINUTE: '2',
        PERSISTED_DOCUMENTS_MODE: 'enforce',
        PERSISTED_DOCUMENTS: new URL('../support/no-documents.json', import.meta.url).pathname,
      },
      still(),
    );
    const codes = [];
    for (let sent = 0; sent < 3; sent += 1)
      codes.push((await gateway.query('{ __typename }', { token: null })).errors[0]?.extensions.code);
    expect(codes).toEqual(['UNKNOWN_DOCUMENT', 'UNKNOWN_DOCUMENT', 'LIMIT_EXCEEDED']);
  });

  it('not by those who watch the gateway', async () => {
    gateway = await startGateway({ INBOUND_RATE_PER_MINUTE: '1' }, still());
    for (const path of ['/healthz', '/readyz', '/metrics', '/healthz', '/readyz', '/metrics'])
      expect((await fetch(gateway.url + path)).status).toBe(200);
  });
});

describe('a caller whom RingCentral has accepted', () => {
  it('is counted alone, for whatever it sends', async () => {
    gateway = await startGateway({ INBOUND_RATE_PER_MINUTE: '3' }, still());
    expect((await gateway.query(READ)).errors).toEqual([]);
    for (let sent = 0; sent < 2; sent += 1) await gateway.query('{ __typename }', { token: null });
    expect((await gateway.query(READ, { token: null })).errors[0]?.extensions['limit']).toBe(LIMIT);
    const headers = { ...JSON_TYPE, authorization: `Bearer ${gateway.emulator.demoToken}` };
    for (let sent = 0; sent < 3; sent += 1) {
      const broken = fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: '{' });
      expect(await limitOf(broken)).toBeUndefined();
    }
    expect((await gateway.query(READ)).errors[0]?.extensions['limit']).toBe(LIMIT);
  });
});

describe('a browser session', () => {
  it('is asked for and ended though its address has sent too much', async () => {
    const own: LoggedInGateway = await startLoggedIn({ INBOUND_RATE_PER_MINUTE: '6' }, still());
    gateway = own;
    expect((await own.ask(READ)).body.data).toEqual({ extension: { name: 'Ann Archer' } });
    for (let sent = 0; sent < 6; sent += 1) await gateway.query('{ __typename }', { token: null });
    expect((await fetch(`${gateway.url}/auth/session`)).status).toBe(429);
    expect(await (await own.fetch('/auth/session')).json()).toMatchObject({ loggedIn: true });
    expect((await own.fetch('/auth/logout', { method: 'POST' })).status).toBe(204);
  });

  it('beyond the limit is refused before its store is asked', async () => {
    const clock = new ManualClock();
    let asked = 0;
    const store = createMemoryStore({ clock });
    const sessionStore = {
      ...store,
      get: (...args: Parameters<typeof store.get>) => ((asked += 1), store.get(...args)),
    };
    const own = await startLoggedIn({ INBOUND_RATE_PER_MINUTE: '4' }, { overrides: { clock, sessionStore } });
    gateway = own;
    for (let sent = 0; sent < 2; sent += 1) await own.ask('{ __typename }');
    const before = asked;
    expect((await own.ask('{ __typename }')).status).toBe(429);
    expect((await own.fetch('/auth/session')).status).toBe(429);
    expect(asked).toBe(before);
  });
});

it('its refusals under /auth have a code, a limit, a metric and a log line, and are not stored', async () => {
  gateway = await startLoggedIn({ INBOUND_RATE_PER_MINUTE: '2' }, still());
  const response = await fetch(`${gateway.url}/auth/login`, { redirect: 'manual' });
  expect(response.status).toBe(429);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'LIMIT_EXCEEDED', limit: LIMIT, retryAfterSeconds: 30 } }],
  });
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(metrics).toContain(`switchboard_refusals_total{guard="${LIMIT}"} 1`);
  const lines = gateway.logs
    .filter((line) => line.includes('"msg":"refused"'))
    .map((line) => JSON.parse(line) as object);
  expect(lines).toMatchObject([{ guard: LIMIT, requestId: response.headers.get('x-request-id') }]);
});
