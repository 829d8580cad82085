import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../src/emulator/emulator.js';
import { encodeGlobalId } from '../../src/lib/global-id.js';
import { startProcess, type GatewayProcess } from '../support/process.js';
import { blockedId } from '../support/upstream.js';

const PUBLIC_URL = 'http://127.0.0.1:4999';
const SESSION_SECRET = 'secret-of-sessions-0123456789-abcdef';
const CALLER_KEY = 'key-of-callers-0123456789';
const WRONG_TOKEN = 'wrong-token-6f1d0c';
const NUMBERS = ['+16505550777', '+16505550778', '(650) 555-0779'];
const OWN_BLOCKED = encodeGlobalId('BlockedNumber.CALLER_BLOCKING', [
  '401900100008',
  '401900101008',
  blockedId(1),
]);
const FORGED = encodeGlobalId('BlockedNumber.CALLER_BLOCKING', ['401900100008', '..', blockedId(2)]);

let emulator: Emulator;
let gateway: GatewayProcess;
/** All that the requests below carry or are given, and that nobody else may see. */
const secrets = new Set<string>([SESSION_SECRET, CALLER_KEY, WRONG_TOKEN, OWN_BLOCKED, FORGED, ...NUMBERS]);
/** The errors of every answer, whole, and the messages of mutations. */
const errors: unknown[] = [];

beforeAll(async () => {
  emulator = await startEmulator({ oauth: { autoLogin: 'Ann Archer' } });
  gateway = await startProcess({
    LOG_LEVEL: 'trace',
    RINGCENTRAL_SERVER_URL: emulator.url,
    RINGCENTRAL_CLIENT_ID: emulator.client.id,
    RINGCENTRAL_CLIENT_SECRET: emulator.client.secret,
    PUBLIC_URL,
    SESSION_SECRET,
    CALLER_KEY,
  });
  for (const secret of [...Object.values(emulator.tokens), emulator.client.secret]) secrets.add(secret);
  for (let index = 0; index < 10; index += 1) {
    secrets.add(blockedId(index));
    secrets.add(Buffer.from(blockedId(index), 'base64url').toString());
  }
});
afterAll(async () => {
  gateway.child.kill('SIGTERM');
  await gateway.exited;
  await emulator.stop();
});

async function send(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch((gateway.url ?? '') + path, { redirect: 'manual', ...init });
  for (const cookie of response.headers.getSetCookie()) {
    const value = /^[^=]+=([^;]+)/.exec(cookie)?.[1];
    if (value !== undefined) secrets.add(value);
  }
  return response;
}

async function ask(query: string, variables: unknown, headers: Record<string, string>): Promise<unknown> {
  const response = await send('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  const body = JSON.parse(text) as { data?: unknown; errors?: unknown[] };
  errors.push(...(body.errors ?? []), ...(text.match(/"message":"[^"]*"/g) ?? []));
  return body.data;
}

/** A login in a browser, without the browser: the cookie that it ends with. */
async function login(): Promise<string> {
  const begun = await send('/auth/login?returnTo=/');
  const [transaction = ''] = begun.headers.getSetCookie().map((cookie) => cookie.replace(/;.*/, ''));
  const authorized = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' });
  const callback = new URL(authorized.headers.get('location') ?? '');
  for (const name of ['code', 'state']) secrets.add(callback.searchParams.get(name) ?? '');
  const done = await send(callback.pathname + callback.search, { headers: { cookie: transaction } });
  // Once more: a code that was used is refused.
  errors.push(
    await (await send(callback.pathname + callback.search, { headers: { cookie: transaction } })).text(),
  );
  const session = done.headers.getSetCookie().find((cookie) => /session=[^;]/.test(cookie));
  return session?.replace(/;.*/, '') ?? '';
}

const BLOCK =
  'mutation ($number: String!) { addBlockedNumber(input: { phoneNumber: $number, label: "x" }) { blockedNumber { label } userErrors { code message } } }';
const LOOK_UP = 'query ($id: ID!) { extension { blockedNumber(resourceId: $id) { label } } }';
const DELETE =
  'mutation ($ids: [ID!]!) { deleteBlockedNumbers(input: { ids: $ids }) { userErrors { code message } } }';

async function askEverything(headers: Record<string, string>) {
  for (const number of [...NUMBERS, NUMBERS[0], 'x'.repeat(70)]) await ask(BLOCK, { number }, headers);
  for (let index = 0; index < 4; index += 1) await ask(LOOK_UP, { id: blockedId(index) }, headers);
  await ask(
    'query ($x: [String!]!) { parsePhoneNumbers(originalStrings: $x) { phoneNumbers { areaCode } } }',
    { x: NUMBERS },
    headers,
  );
  for (const ids of [[OWN_BLOCKED], [OWN_BLOCKED, OWN_BLOCKED], [FORGED], [NUMBERS[0]]])
    await ask(DELETE, { ids }, headers);
  // Values of the wrong type, in variables and in the document, which graphql-js quotes.
  await ask(BLOCK, { number: { [NUMBERS[0] ?? '']: NUMBERS } }, headers);
  await ask(
    `query Of16505550777 { extension { blockedNumbers(first: "${NUMBERS[0] ?? ''}") { nodes { id } } } }`,
    {},
    headers,
  );
  await ask(`{ extension(extensionId: { a: "${blockedId(3)}" }) { id } } "${NUMBERS[1] ?? ''}"`, {}, headers);
}

it('no token, secret, cookie, phone number or id made of one is logged, counted or told in an error', async () => {
  const bearer = { authorization: `Bearer ${emulator.demoToken}` };
  await askEverything(bearer);
  await askEverything({ authorization: `Bearer ${WRONG_TOKEN}` });
  await askEverything({ authorization: `Bearer ${emulator.tokens.noPermissions}` });

  const told = `${NUMBERS[0] ?? ''} of ${emulator.demoToken} is not allowed at ${emulator.url}`;
  for (const answer of [
    {
      status: 400,
      json: {
        errorCode: 'CMN-101',
        message: told,
        errors: [{ errorCode: 'CMN-101', message: told, parameterName: told }],
      },
    },
    { status: 403, json: { errorCode: told, message: told, permissionName: told } },
    {
      status: 500,
      headers: { 'content-type': 'text/html', rcrequestid: told },
      text: `<html>${told}</html>`,
    },
    { status: 200, headers: { 'content-type': 'text/html' }, text: told },
    { status: 200, json: { id: told, uri: told, status: told } },
    { status: 302, headers: { location: `${emulator.url}/${encodeURIComponent(told)}` }, text: told },
  ]) {
    emulator.fault({ answer, times: 3 });
    await ask(LOOK_UP, { id: blockedId(5) }, { authorization: `Bearer ${emulator.tokens.readOnly}` });
    await ask(BLOCK, { number: NUMBERS[1] }, { authorization: `Bearer ${emulator.tokens.readOnly}` });
  }

  emulator.reset();
  const cookie = await login();
  const page = { cookie, 'x-csrf': '1', origin: PUBLIC_URL, 'sec-fetch-site': 'same-origin' };
  expect(await ask('{ extension { name } }', {}, page)).toEqual({ extension: { name: 'Ann Archer' } });
  await askEverything(page);
  errors.push(await (await send('/auth/session', { headers: page })).text());
  errors.push(await (await send('/graphql', { headers: { cookie } })).text());
  errors.push(await (await send('/auth/logout', { method: 'POST', headers: page })).text());
  await ask('{ extension { name } }', {}, page);
  for (const secret of emulator.issuedSecrets()) secrets.add(secret);

  // That the session and its secrets are among them: else the search below would prove little.
  expect(secrets.size).toBeGreaterThan(40);
  const metrics = await (await send('/metrics')).text();
  const places = { output: gateway.output(), metrics, errors: JSON.stringify(errors) };
  expect(errors.length).toBeGreaterThan(60);
  expect(places.output.split('\n').length).toBeGreaterThan(100);
  const found = Object.entries(places).flatMap(([place, text]) =>
    [...secrets].filter((secret) => text.includes(secret)).map((secret) => ({ place, secret })),
  );
  expect(found).toEqual([]);
  // Numbers in any other spelling, and addresses of RingCentral.
  for (const text of Object.values(places)) expect(text).not.toMatch(/650\D{0,3}555\D{0,3}0\d{3}/);
  expect(places.errors + metrics).not.toContain(emulator.url);
});
