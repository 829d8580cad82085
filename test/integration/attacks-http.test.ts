import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { openConnection, sendRaw } from '../support/raw-request.js';

const ELSEWHERE = 'https://elsewhere.example';
const WRITE =
  'mutation { addBlockedNumber(input: { phoneNumber: "+16505550123" }) { blockedNumber { id } userErrors { code } } }';
const READ = '{ extension { name } }';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.emulator.clearJournal();
});

const post = (body: string | FormData, headers: Record<string, string> = {}) =>
  fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });
const asJson = (headers: Record<string, string> = {}) => ({
  'content-type': 'application/json',
  authorization: `Bearer ${gateway.emulator.demoToken}`,
  ...headers,
});

/** The status, and the code or limit of the first error. */
async function refusal(answer: Response | Promise<Response>) {
  const response = await answer;
  const { errors } = (await response.json()) as {
    errors: { extensions: { code: string; limit?: string } }[];
  };
  expect(response.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/);
  return [response.status, errors[0]?.extensions.limit ?? errors[0]?.extensions.code];
}

describe('a page of another origin', () => {
  const body = JSON.stringify({ query: WRITE });
  const form = new FormData();
  form.set('operations', body);
  form.set('query', WRITE);

  it.each<[string, string | FormData, string | undefined]>([
    ['text/plain', body, 'text/plain'],
    ['text/plain that names JSON', body, 'text/plain; application/json'],
    ['text/plain with parameters', body, 'text/plain;charset=utf-8, application/json'],
    ['urlencoded', new URLSearchParams({ query: WRITE }).toString(), 'application/x-www-form-urlencoded'],
    ['multipart', form, undefined],
    ['application/graphql', WRITE, 'application/graphql'],
  ])('cannot send a form as %s', async (_what, content, type) => {
    const headers = {
      origin: ELSEWHERE,
      'sec-fetch-site': 'cross-site',
      ...(type && { 'content-type': type }),
    };
    expect(await refusal(post(content, headers))).toEqual([415, 'BAD_USER_INPUT']);
    expect(gateway.calls()).toEqual([]);
  });

  it('cannot fetch without a preflight', async () => {
    const query = `${gateway.url}/graphql?query=${encodeURIComponent('{__typename}')}`;
    expect(await refusal(fetch(query, { headers: { origin: ELSEWHERE } }))).toEqual([400, 'BAD_REQUEST']);
  });

  it('is allowed nothing by a preflight', async () => {
    const headers = {
      origin: ELSEWHERE,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type, authorization, x-csrf',
    };
    const { headers: answer } = await fetch(`${gateway.url}/graphql`, { method: 'OPTIONS', headers });
    expect([...answer.keys()].filter((name) => name.startsWith('access-control-allow'))).toEqual([]);
  });
});

describe('a mutation over GET', () => {
  it('is 405 and not run', async () => {
    const query = `${gateway.url}/graphql?query=${encodeURIComponent(WRITE)}`;
    const response = await fetch(query, { headers: asJson() });
    expect(response.headers.get('allow')).toBe('POST');
    expect(await refusal(response)).toEqual([405, 'BAD_REQUEST']);
    expect(gateway.calls()).toEqual([]);
  });
});

describe('another method than GET and POST', () => {
  it.each(['HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    '%s is 405, which are allowed is told',
    async (method) => {
      const body = ['HEAD', 'OPTIONS'].includes(method) ? {} : { body: JSON.stringify({ query: WRITE }) };
      const response = await fetch(`${gateway.url}/graphql`, { method, headers: asJson(), ...body });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
      if (method !== 'HEAD') expect(await refusal(response)).toEqual([405, 'BAD_USER_INPUT']);
      expect(gateway.calls()).toEqual([]);
    },
  );
});

describe('a body', () => {
  const body = JSON.stringify({ query: '{ __typename }' });
  it.each(['utf-16', 'iso-8859-1', '"latin1"'])('in the charset %s is 415', async (charset) => {
    const headers = asJson({ 'content-type': `application/json; charset=${charset}` });
    expect(await refusal(post(body, headers))).toEqual([415, 'BAD_USER_INPUT']);
  });

  it.each(['utf-8', 'UTF-8', '"utf-8"'])('in the charset %s is read', async (charset) => {
    const headers = asJson({ 'content-type': `application/json; charset=${charset}` });
    expect((await post(body, headers)).status).toBe(200);
  });

  it.each(['gzip', 'br', 'deflate', 'identity, gzip'])('with the encoding %s is 415', async (encoding) => {
    expect(await refusal(post(body, asJson({ 'content-encoding': encoding })))).toEqual([
      415,
      'BAD_USER_INPUT',
    ]);
    expect((await post(body, asJson({ 'content-encoding': 'identity' }))).status).toBe(200);
  });

  it('past the limit is 413, whether its length is told or not', async () => {
    const body = JSON.stringify({ query: READ, variables: { pad: 'x'.repeat(262_144) } });
    expect(await refusal(post(body, asJson()))).toEqual([413, 'MAX_BODY_BYTES']);
    const stream = new Blob([body]).stream();
    const chunked = fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: asJson(),
      body: stream,
      duplex: 'half',
    });
    expect(await refusal(chunked)).toEqual([413, 'MAX_BODY_BYTES']);
    expect(gateway.calls()).toEqual([]);
  });

  it.each([
    '{',
    '',
    'null',
    '[]',
    '"text"',
    '1',
    '{"query":1}',
    '{"query":"{__typename}","variables":"x"}',
    '\u0000',
  ])('%j is 400 with a code', async (body) => {
    const [status, code] = await refusal(post(body, asJson()));
    expect(status).toBe(400);
    expect(['BAD_USER_INPUT', 'BAD_REQUEST', 'BATCHING_NOT_ALLOWED']).toContain(code);
  });

  it('that is an array is not run', async () => {
    const body = JSON.stringify([{ query: READ }, { query: READ }]);
    expect(await refusal(post(body, asJson()))).toEqual([400, 'BATCHING_NOT_ALLOWED']);
    expect(gateway.calls()).toEqual([]);
  });

  it.each([
    '{"query":"{__typename}","__proto__":{"polluted":true}}',
    '{"query":"{__typename}","variables":{"__proto__":{"polluted":true}}}',
    '{"query":"{__typename}","variables":{"a":{"constructor":{"prototype":{"polluted":true}}}}}',
    '{"query":"{__typename}","extensions":{"\\u005f_proto__":{"polluted":true}}}',
  ])('%s changes no prototype and is refused', async (body) => {
    expect(await refusal(post(body, asJson()))).toEqual([400, 'BAD_USER_INPUT']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('that names Object.prototype in GraphQL, or in a GET, changes no prototype', async () => {
    const variables = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const search = new URLSearchParams({
      query: 'query ($__proto__: ID) { node(id: "x") { id } }',
      variables,
    });
    await refusal(fetch(`${gateway.url}/graphql?${search.toString()}`, { headers: asJson() }));
    const query =
      'mutation { addBlockedNumber(input: { __proto__: { polluted: true }, phoneNumber: "1" }) { __typename } }';
    await refusal(post(JSON.stringify({ query }), asJson()));
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(gateway.calls()).toEqual([]);
  });
});

describe('a request head', () => {
  it.each([
    'Bearer a%0d%0aX-Evil: 1',
    'Bearer a b',
    'Bearer a,Bearer b',
    'Bearer \u00e9',
    'Bearer ',
    `Bearer ${'a'.repeat(5000)}`,
    'Basic YTpi',
  ])('with the credential %j has none, and nothing is sent', async (authorization) => {
    const { errors } = (await (
      await post(JSON.stringify({ query: READ }), asJson({ authorization }))
    ).json()) as {
      errors: { extensions: { code: string } }[];
    };
    expect(errors[0]?.extensions.code).toBe('UNAUTHENTICATED');
    expect(gateway.calls()).toEqual([]);
  });

  it.each([
    ['a folded header', 'GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c: d\r\n\r\n'],
    ['a line feed alone', 'GET /healthz HTTP/1.1\nHost: a\nX-A: b\n\n'],
    ['two lengths', 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n',
    ],
    ['a carriage return in a value', 'GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: b\rc\r\n\r\n'],
    ['a NUL in a value', 'GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: b\u0000c\r\n\r\n'],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['more than 16 kB', `GET /healthz HTTP/1.1\r\nHost: a\r\nX-A: ${'b'.repeat(17_000)}\r\n\r\n`],
  ])('with %s is refused once and the connection closed', async (_what, text) => {
    const answer = await sendRaw(gateway.url, text);
    expect(answer).toMatch(/^HTTP\/1\.1 4(00|31) /);
    expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
  });

  it('is echoed nowhere in the answer', async () => {
    const headers = asJson({
      'x-request-id': 'echo-me',
      'x-apollo-operation-name': 'echo-me',
      host: 'echo-me',
    });
    const response = await post(JSON.stringify({ query: '{ __typename }' }), headers);
    expect(JSON.stringify([...response.headers]) + (await response.text())).not.toContain('echo-me');
  });
});

describe('an address', () => {
  it.each([
    '/favicon.ico',
    '/graphql/',
    '/GRAPHQL',
    '/..%2fmetrics',
    '/__proto__',
    '/auth/login',
    '/%00',
    '/%ff',
    '//elsewhere.example/',
  ])('%s that is none is JSON with a code', async (path) => {
    const answer = await sendRaw(gateway.url, `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect(answer).toContain('content-type: application/json');
    expect(answer).toMatch(/"code":"(NOT_FOUND|BAD_USER_INPUT)"/);
  });
});

describe('a client that is slow', () => {
  it.each([
    ['within its head', 'POST /graphql HTTP/1.1\r\nHost: a\r\nX-'],
    [
      'within its body',
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
    ],
  ])(
    '%s is cut off after REQUEST_TIMEOUT_MS, while others are answered',
    async (_what, text) => {
      const hasty = await startGateway({ REQUEST_TIMEOUT_MS: '200' });
      const slow = await openConnection(hasty.url);
      const closed = once(slow.resume(), 'close');
      slow.write(text);
      expect((await fetch(`${hasty.url}/healthz`)).status).toBe(200);
      await closed;
      await hasty.stop();
      // Connections are looked over once a second.
    },
    5000,
  );
});
