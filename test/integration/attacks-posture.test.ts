import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startProcess } from '../support/process.js';
import { openConnection, sendRaw } from '../support/raw-request.js';

const APP = 'https://app.example.com';
const SESSIONS = {
  RINGCENTRAL_CLIENT_ID: 'switchboard-demo',
  RINGCENTRAL_CLIENT_SECRET: 'demo-client-secret',
  PUBLIC_URL: 'https://gateway.example.com',
  SESSION_SECRET: 's'.repeat(32),
};
const READ = '{ extension { name } }';

let gateway: TestGateway;
afterEach(() => gateway.stop());

function ask(path: string, headers: Record<string, string> = {}, init: RequestInit = {}) {
  return fetch(gateway.url + path, { redirect: 'manual', ...init, headers });
}
const allowed = ({ headers }: Response) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-allow')));

describe('CORS', () => {
  it('lets the listed origin read, without credentials, and tells caches that it depends', async () => {
    gateway = await startGateway({ ...SESSIONS, CORS_ORIGINS: `${APP},https://other.example.com` });
    const response = await ask('/graphql?query={__typename}', { origin: APP, 'x-csrf': '1' });
    expect(allowed(response)).toEqual({ 'access-control-allow-origin': APP });
    expect(response.headers.get('vary')).toMatch(/\bOrigin\b/i);
    const preflight = await ask(
      '/graphql',
      {
        origin: APP,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
      { method: 'OPTIONS' },
    );
    expect(allowed(preflight)).toMatchObject({ 'access-control-allow-origin': APP });
    expect(allowed(preflight)).not.toHaveProperty('access-control-allow-credentials');
  });

  it.each([
    ...[
      'null',
      '*',
      `${APP}.elsewhere.example`,
      `${APP}:444`,
      'http://app.example.com',
      'https://APP.example.com',
    ],
    ...[
      'https://elsewhere.example',
      'https://gateway.example.com',
      `${APP}/`,
      `${APP}, https://elsewhere.example`,
    ],
  ])('lets %s read nothing', async (origin) => {
    gateway = await startGateway({ ...SESSIONS, CORS_ORIGINS: APP });
    for (const method of ['GET', 'OPTIONS']) {
      const headers = { origin, 'x-csrf': '1', 'access-control-request-method': 'POST' };
      const response = await ask('/graphql?query={__typename}', headers, { method });
      expect(allowed(response)['access-control-allow-origin']).toBeUndefined();
      expect(response.headers.get('vary')).toMatch(/\bOrigin\b/i);
    }
  });

  it.each(['/auth/login', '/auth/callback', '/auth/session', '/auth/logout'])(
    'is not for %s, listed or not',
    async (path) => {
      gateway = await startGateway({ ...SESSIONS, CORS_ORIGINS: APP });
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const headers = { origin: APP, 'access-control-request-method': 'POST' };
        expect(allowed(await ask(path, headers, { method }))).toEqual({});
      }
    },
  );
});

describe('CORS, however an address is written,', () => {
  it.each([
    '/%61uth/session',
    '/auth/%73ession',
    'http://x/auth/session',
    '/auth/nothing',
    '/nothing',
    '/healthz',
  ])('is not for %s', async (target) => {
    gateway = await startGateway({ ...SESSIONS, CORS_ORIGINS: APP });
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await sendRaw(
        gateway.url,
        `${method} ${target} HTTP/1.1\r\nHost: x\r\nOrigin: ${APP}\r\nAccess-Control-Request-Method: GET\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 \d/);
      expect(answer.toLowerCase()).not.toContain('access-control-');
    }
  });

  it('lets the listed origin read why it was refused', async () => {
    gateway = await startGateway({ CORS_ORIGINS: APP, INBOUND_RATE_PER_MINUTE: '1' });
    await ask('/graphql');
    const response = await ask('/graphql', { origin: APP });
    expect(response.status).toBe(429);
    expect(allowed(response)).toEqual({ 'access-control-allow-origin': APP });
  });

  it.each<Record<string, string>>([{}, { origin: APP }, { 'access-control-request-method': 'POST' }])(
    'an OPTIONS that is no preflight is refused with a code: %j',
    async (headers) => {
      gateway = await startGateway({ CORS_ORIGINS: APP });
      const response = await ask('/graphql', headers, { method: 'OPTIONS' });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    },
  );
});

describe('in production', () => {
  const post = (query: string) =>
    ask(
      '/graphql',
      { 'content-type': 'application/json', authorization: `Bearer ${gateway.emulator.demoToken}` },
      { method: 'POST', body: JSON.stringify({ query }) },
    );

  it('there is no introspection, suggestion, playground, statistics or stack trace', async () => {
    gateway = await startGateway({ NODE_ENV: 'production' });
    const introspection = await gateway.query('{ __schema { types { name } } }');
    expect(introspection.data).toBeUndefined();
    expect(introspection.errors[0]?.extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
    const misspelt = await gateway.query('{ extensio { id } phoneNumbers(resourceId: "1") { lable } }');
    expect(misspelt.errors.length).toBeGreaterThan(1);
    for (const { message } of misspelt.errors) expect(message).not.toMatch(/did you mean|label|extension\b/i);
    const page = await ask('/graphql', { accept: 'text/html' });
    expect(page.headers.get('content-type')).toMatch(/json/);
    expect(await (await post(READ)).json()).toEqual({ data: { extension: { name: 'Ann Archer' } } });
    gateway.emulator.fault({ answer: { status: 500, text: '<html>' }, times: 10 });
    expect(await (await post(READ)).text()).not.toMatch(/stack|\bat \w|node_modules/);
  });

  it('browsers are told what not to do with the answers', async () => {
    gateway = await startGateway({ NODE_ENV: 'production' });
    for (const path of ['/graphql', '/nothing', '/healthz']) {
      const { headers } = await ask(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('strict-transport-security')).toMatch(/max-age=\d{7}/);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
    }
  });
});

describe('a redirect of the upstream server', () => {
  it.each([301, 302, 303, 307, 308])('%i is not followed: the token goes nowhere else', async (status) => {
    gateway = await startGateway();
    let visits = 0;
    const trap = createServer((_request, response) => {
      visits += 1;
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(trap, 'listening');
    const location = `http://127.0.0.1:${String((trap.address() as AddressInfo).port)}/restapi/v1.0/account/~`;
    gateway.emulator.fault({ answer: { status, headers: { location }, text: '' }, times: 10 });
    const { errors } = await gateway.query(READ);
    expect(errors[0]?.extensions.code).toBe('UPSTREAM_INVALID_RESPONSE');
    expect(JSON.stringify(errors)).not.toContain(location);
    trap.close();
    expect(visits).toBe(0);
  });
});

describe('the inbound limit', () => {
  it('holds for one who makes up a new bearer and a new X-Forwarded-For each time', async () => {
    gateway = await startGateway({ INBOUND_RATE_PER_MINUTE: '20' });
    await gateway.query(READ);
    const answers = [];
    for (let sent = 0; sent < 40; sent += 1) {
      const response = await ask(
        '/graphql',
        {
          'content-type': 'application/json',
          authorization: `Bearer ${randomBytes(16).toString('hex')}`,
          'x-forwarded-for': `198.51.100.${String(sent)}`,
        },
        { method: 'POST', body: JSON.stringify({ query: READ }) },
      );
      const { errors } = (await response.json()) as { errors: { extensions: { limit?: string } }[] };
      answers.push([response.status, errors[0]?.extensions.limit]);
    }
    const refused = answers.filter(([, limit]) => limit === 'INBOUND_RATE_PER_MINUTE');
    // One token comes back every 3 s, and the run may take some.
    expect(refused.length).toBeGreaterThanOrEqual(15);
    expect(refused.every(([status]) => status === 429)).toBe(true);
    // Whom RingCentral knows already is answered all the while.
    expect((await gateway.query(READ)).data).toEqual({ extension: { name: 'Ann Archer' } });
  });
});

describe('a thousand idle connections', () => {
  it('leave the gateway answering', async () => {
    gateway = await startGateway();
    const { child, url = '', exited } = await startProcess({ RINGCENTRAL_SERVER_URL: gateway.emulator.url });
    const idle = await Promise.all(Array.from({ length: 1000 }, () => openConnection(url)));
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.emulator.demoToken}` },
      body: JSON.stringify({ query: READ }),
    });
    expect(await answer.json()).toMatchObject({ data: { extension: { name: 'Ann Archer' } } });
    for (const socket of idle) socket.destroy();
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });
});
