import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/lib/secret.js';
import {
  createOAuthClient,
  InvalidGrantError,
  type OAuthClient,
} from '../../../../src/server/session/oauth-client.js';
import { ManualClock } from '../../../support/manual-clock.js';

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: string | object;
}

const good = {
  access_token: 'a2',
  token_type: 'bearer',
  expires_in: 3600,
  refresh_token: 'r2',
  owner_id: '7',
};
const clock = new ManualClock();
const before = { accessToken: 'a1', refreshToken: 'r1', expiresAt: 0, renewAt: 0, extensionId: '7' };

let server: Server;
let client: OAuthClient;
let answer: Answer;
let seen: { url: string | undefined; headers: IncomingHttpHeaders }[];

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push({ url: request.url, headers: request.headers });
    const { status = 200, headers = { 'content-type': 'application/json' }, body } = answer;
    request.resume();
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = createOAuthClient({
    serverUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    clientId: 'an_app-id',
    clientSecret: new Secret('a_secret-text'),
    redirectUri: 'https://app.example.com/auth/callback',
    userAgent: 'switchboard/1.2.3',
    timeoutMs: 1000,
    clock,
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
  answer = { body: good };
});

describe('a token request', () => {
  it('is sent as RingCentral documents it, with nothing about the browser', async () => {
    await client.refresh(before);
    const [{ url, headers } = { url: '', headers: {} }] = seen;
    expect(url).toBe('/restapi/oauth/token');
    expect(headers.authorization).toBe(`Basic ${Buffer.from('an_app-id:a_secret-text').toString('base64')}`);
    expect(headers['user-agent']).toBe('switchboard/1.2.3');
    expect(headers.cookie).toBeUndefined();
  });

  it('gives tokens that are renewed a minute before their end', async () => {
    expect(await client.refresh(before)).toEqual({
      accessToken: 'a2',
      refreshToken: 'r2',
      expiresAt: clock.now() + 3_600_000,
      renewAt: clock.now() + 3_540_000,
      extensionId: '7',
    });
  });

  it('gives short-lived tokens that are renewed in their last tenth', async () => {
    answer = { body: { ...good, expires_in: 60 } };
    expect((await client.refresh(before)).renewAt).toBe(clock.now() + 54_000);
  });

  it('keeps the refresh token and the owner where the answer has none', async () => {
    answer = { body: { ...good, refresh_token: undefined, owner_id: undefined } };
    expect(await client.refresh(before)).toMatchObject({ refreshToken: 'r1', extensionId: '7' });
  });

  it('gives tokens that are used to their end where the app is allowed no refresh token', async () => {
    answer = { body: { ...good, refresh_token: undefined } };
    const tokens = await client.exchange('code', 'v'.repeat(43));
    expect(tokens.refreshToken).toBeUndefined();
    expect(tokens.renewAt).toBe(tokens.expiresAt);
  });

  it('takes an owner that is a number', async () => {
    answer = { body: { ...good, owner_id: 62_181_001 } };
    expect((await client.refresh(before)).extensionId).toBe('62181001');
  });

  it('is not sent without a refresh token: such a login is over', async () => {
    await expect(client.refresh({ ...before, refreshToken: undefined })).rejects.toThrow(InvalidGrantError);
    expect(seen).toHaveLength(0);
  });

  it.each<{ name: string; answer: Answer; code: string }>([
    {
      name: 'invalid_grant',
      answer: { status: 400, body: { error: 'invalid_grant' } },
      code: 'UNAUTHENTICATED',
    },
    {
      name: 'another refusal',
      answer: { status: 400, body: { error: 'invalid_request' } },
      code: 'UPSTREAM_INVALID_RESPONSE',
    },
    {
      name: 'a refusal of the app with a challenge',
      answer: {
        status: 401,
        headers: { 'content-type': 'application/json', 'www-authenticate': 'Basic realm="a"' },
        body: { error: 'invalid_grant' },
      },
      code: 'UPSTREAM_INVALID_RESPONSE',
    },
    {
      name: 'no lifetime',
      answer: { body: { ...good, expires_in: undefined } },
      code: 'UPSTREAM_INVALID_RESPONSE',
    },
    { name: 'no token', answer: { body: { ...good, access_token: '' } }, code: 'UPSTREAM_INVALID_RESPONSE' },
    { name: 'no JSON', answer: { body: '{"access_token":' }, code: 'UPSTREAM_INVALID_RESPONSE' },
    { name: 'nothing', answer: { status: 204, body: '' }, code: 'UPSTREAM_INVALID_RESPONSE' },
    {
      name: 'a redirect, which is not followed',
      answer: { status: 307, headers: { location: '/elsewhere' }, body: '' },
      code: 'UPSTREAM_INVALID_RESPONSE',
    },
    {
      name: 'too much',
      answer: { body: { ...good, scope: 'x'.repeat(100_000) } },
      code: 'UPSTREAM_UNAVAILABLE',
    },
    { name: 'a failure', answer: { status: 502, body: '<html>' }, code: 'UPSTREAM_UNAVAILABLE' },
  ])('that is answered with $name is $code, in our words', async ({ answer: given, code }) => {
    answer = given;
    const error: unknown = await client.refresh(before).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ extensions: { code } });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/a2|r1|r2|secret|elsewhere|127\.0\.0\.1/);
    expect((error as Error).cause).toBeUndefined();
    expect(seen).toHaveLength(1);
  });

  it.each([
    { headers: { 'retry-after': '7' }, seconds: 7 },
    { headers: {}, seconds: 30 },
    { headers: { 'retry-after': 'soon' }, seconds: 30 },
  ])('that is too many waits $seconds s with $headers', async ({ headers, seconds }) => {
    answer = { status: 429, headers, body: '' };
    await expect(client.refresh(before)).rejects.toMatchObject({
      extensions: { code: 'RATE_LIMITED', retryAfterSeconds: seconds },
    });
  });

  it('without a listener is UPSTREAM_UNAVAILABLE', async () => {
    const nobody = createOAuthClient({
      serverUrl: 'http://127.0.0.1:1',
      clientId: 'a',
      clientSecret: new Secret('b'),
      redirectUri: 'https://app.example.com/auth/callback',
      userAgent: 'switchboard/1.2.3',
      timeoutMs: 1000,
      clock,
    });
    await expect(nobody.refresh(before)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });
});
