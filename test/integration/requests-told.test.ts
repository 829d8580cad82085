import { afterEach, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { repeat } from '../support/write-document.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const asQuery = (query: string): RequestInit => ({
  method: 'POST',
  headers: JSON_TYPE,
  body: JSON.stringify({ query }),
});

let gateway: TestGateway;
afterEach(() => gateway.stop());

const lines = () => gateway.logs.map((line) => JSON.parse(line) as Record<string, unknown>);
const metric = async (name: string, label: string) => {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(new RegExp(`^${name}\\{[^}]*"${label}"\\} (\\d+)$`, 'm').exec(metrics)?.[1] ?? 0);
};

describe('a GraphQL request that is refused is told once, with the id of its answer:', () => {
  it.each<[string, RequestInit, { status: number; code: string; guard?: string }, string?]>([
    [
      'no JSON',
      { method: 'POST', headers: JSON_TYPE, body: '{' },
      { status: 400, code: 'BAD_USER_INPUT', guard: 'BAD_USER_INPUT' },
    ],
    [
      'a form',
      { method: 'POST', body: 'x' },
      { status: 415, code: 'BAD_USER_INPUT', guard: 'BAD_USER_INPUT' },
    ],
    [
      'too large',
      { method: 'POST', headers: JSON_TYPE, body: 'x'.repeat(70_000) },
      { status: 413, code: 'LIMIT_EXCEEDED', guard: 'MAX_BODY_BYTES' },
    ],
    [
      'another method',
      { method: 'PUT', headers: JSON_TYPE, body: '{}' },
      { status: 405, code: 'BAD_USER_INPUT', guard: 'BAD_USER_INPUT' },
    ],
    [
      'an array',
      { method: 'POST', headers: JSON_TYPE, body: '[]' },
      { status: 400, code: 'BATCHING_NOT_ALLOWED' },
    ],
    ['no GraphQL', asQuery('{'), { status: 200, code: 'GRAPHQL_PARSE_FAILED' }],
    ['no such field', asQuery('{ nothing }'), { status: 200, code: 'GRAPHQL_VALIDATION_FAILED' }],
    [
      'a subscription',
      asQuery('subscription { __typename }'),
      { status: 200, code: 'GRAPHQL_VALIDATION_FAILED' },
    ],
    ...Object.entries({
      MAX_DEPTH: '{ extension { phoneNumbers { nodes { extension { phoneNumbers { nodes { id } } } } } } }',
      MAX_ALIASES: '{ a: __typename b: __typename c: __typename d: __typename }',
      MAX_TOKENS: `{ ${repeat(2000, () => '__typename')} }`,
      MAX_DIRECTIVES: `{ ${repeat(51, () => '__typename @skip(if: false)')} }`,
      MAX_REPETITION: `{ ${repeat(400, () => '__typename')} }`,
      MAX_COST: '{ extension { phoneNumbers(first: 1000) { nodes { id } } } }',
      MAX_IDS: '{ nodes(ids: ["a", "b", "c", "d"]) { id } }',
    }).map(([limit, query]): [string, RequestInit, { status: number; code: string; guard: string }] => [
      limit,
      asQuery(query),
      { status: 200, code: 'LIMIT_EXCEEDED', guard: limit },
    ]),
  ])('%s', async (_what, init, { status, code, guard }) => {
    gateway = await startGateway({
      MAX_BODY_BYTES: '65536',
      MAX_DEPTH: '6',
      MAX_ALIASES: '3',
      MAX_TOKENS: '1500',
      MAX_COST: '1000',
      MAX_IDS: '3',
    });
    const response = await fetch(`${gateway.url}/graphql`, init);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code } }] });
    const requestId = response.headers.get('x-request-id');
    expect(requestId).toMatch(/^[\w-]{36}$/);
    expect(
      lines().filter((line) => line['requestId'] !== undefined || line['level'] === 'error'),
    ).toMatchObject([
      {
        msg: 'request',
        requestId,
        outcome: 'refused',
        codes: [code],
        status,
        ...(guard && { guards: [guard] }),
      },
    ]);
    expect(await metric('switchboard_requests_total', 'refused')).toBe(1);
    expect(await metric('switchboard_errors_total', code)).toBe(1);
    if (guard !== undefined) expect(await metric('switchboard_refusals_total', guard)).toBe(1);
  });

  it('an unknown document', async () => {
    gateway = await startGateway({
      PERSISTED_DOCUMENTS_MODE: 'enforce',
      PERSISTED_DOCUMENTS: new URL('../support/no-documents.json', import.meta.url).pathname,
    });
    const response = await fetch(`${gateway.url}/graphql`, asQuery('{ __typename }'));
    expect(lines().slice(1)).toMatchObject([
      {
        msg: 'request',
        requestId: response.headers.get('x-request-id'),
        outcome: 'refused',
        guards: ['UNKNOWN_DOCUMENT'],
      },
    ]);
    expect(await metric('switchboard_requests_total', 'refused')).toBe(1);
    expect(await metric('switchboard_documents_total', 'refused')).toBe(1);
  });

  it('a request that has had its time', async () => {
    gateway = await startGateway({ REQUEST_TIMEOUT_MS: '200' });
    gateway.emulator.fault({ hold: new Promise(() => undefined) });
    await gateway.query('{ __typename a: extension { name } b: phoneNumber(resourceId: "1") { id } }');
    expect(lines().filter(({ msg }) => msg === 'request')).toMatchObject([
      { outcome: 'partial', guards: ['REQUEST_TIMEOUT_MS'] },
    ]);
    expect(await metric('switchboard_refusals_total', 'REQUEST_TIMEOUT_MS')).toBe(1);
  });
});

it('every other answer has an id too, which its log line has if there is one', async () => {
  gateway = await startGateway();
  for (const [path, logged] of [
    ['/nothing', true],
    ['/%ff', true],
    ['/healthz', false],
  ] as const) {
    const requestId = (await fetch(gateway.url + path)).headers.get('x-request-id');
    expect(requestId).toMatch(/^[\w-]{36}$/);
    expect(gateway.logs.join('').includes(requestId ?? '')).toBe(logged);
  }
});

it('an error while a query is executed is no refusal', async () => {
  gateway = await startGateway();
  await gateway.query('{ extension { name } }', { token: 'unknown' });
  const [request] = lines().filter(({ msg }) => msg === 'request');
  expect(request).toMatchObject({ outcome: 'partial', codes: ['UNAUTHENTICATED'] });
  expect(request).not.toHaveProperty('guards');
});
