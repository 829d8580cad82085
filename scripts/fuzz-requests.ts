/** Requests that no honest client sends, beside some that it might: a seed says which. */
import type { GraphQLSchema } from 'graphql';
import { encodeGlobalId } from '../src/lib/global-id.js';
import {
  generateOperation,
  type GeneratedOperation,
  type Random,
} from '../test/support/operation-generator.js';

export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

/** Written by hand for what the grammar of queries does not reach. */
const DOCUMENTS = [
  'mutation ($x: AddBlockedNumberInput!) { addBlockedNumber(input: $x) { blockedNumber { id label } userErrors { code id outcome } } }',
  'mutation ($x: UpdateBlockedNumbersInput!) { updateBlockedNumbers(input: $x) { blockedNumbers { id } userErrors { code field } } }',
  'mutation ($x: DeleteBlockedNumbersInput!) { deleteBlockedNumbers(input: $x) { deletedIds userErrors { code id } } }',
  'mutation ($x: AddForwardingNumberInput!) { addForwardingNumber(input: $x) { forwardingNumber { id } userErrors { code } } }',
  'mutation ($x: UpdateForwardingNumberInput!) { updateForwardingNumber(input: $x) { forwardingNumber { id } userErrors { code } } }',
  'mutation ($x: DeleteForwardingNumbersInput!) { deleteForwardingNumbers(input: $x) { deletedIds userErrors { code } } }',
  'query ($x: [ID!]!) { nodes(ids: $x) { id ... on Extension { name } ... on BlockedNumber { label extension { name } } } }',
  'query ($x: [ID!]!) { phoneNumbers(resourceIds: $x) { id label } extension { blockedNumbersByResourceId(resourceIds: $x) { id label } } }',
  'query ($x: [String!]!) { parsePhoneNumbers(originalStrings: $x) { phoneNumbers { e164 originalString } } }',
  'query ($x: String) { extension { blockedNumbers(after: $x) { nodes { id } pageInfo { endCursor } } } }',
  'query ($x: Int) { extension { phoneNumbers(first: $x) { nodes { id } edges { cursor } } } }',
];
const FAMILIES = ['Extension', 'PhoneNumber', 'ForwardingNumber', 'BlockedNumber.CALLER_BLOCKING'];
const SCALARS = [
  ...[
    null,
    true,
    -1,
    0,
    1,
    1000,
    1001,
    2 ** 31,
    2 ** 53,
    1e308,
    0.5,
    '',
    '~',
    '.',
    '..',
    'a,b',
    '../../x',
    '1\r\nX: y',
  ],
  ...['\u0000', '\ud800', '💥', '%2e%2e', '__proto__', '+16505550100', 'MTY1MDU1NTAxMDA', 'x'.repeat(5000)],
];
const INPUT_FIELDS = [
  ...[
    'id',
    'ids',
    'accountId',
    'extensionId',
    'phoneNumber',
    'label',
    'type',
    'status',
    'flipNumber',
    'blockedNumbers',
  ],
  ...['__proto__', 'constructor', 'nothing'],
];
const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  [
    'content-type',
    [
      'text/plain',
      'application/json; charset=utf-7',
      'application/json;',
      'multipart/form-data',
      ';',
      'application/graphql',
    ],
  ],
  [
    'accept',
    [
      '*/*',
      'text/html',
      'application/graphql-response+json',
      'multipart/mixed',
      'q=',
      'text/event-stream',
      '\u00ff',
    ],
  ],
  [
    'authorization',
    ['Bearer', 'Bearer a b', 'Basic YQ==', 'Bearer \u00e9', `Bearer ${'z'.repeat(9000)}`, 'Bearer made-up'],
  ],
  [
    'cookie',
    [
      'a',
      '=;=;',
      '__Host-switchboard-session=x',
      `switchboard-session=${'y'.repeat(43)}`,
      '__proto__=1; constructor=2',
    ],
  ],
  ['origin', ['null', '*', 'https://elsewhere.example', 'http://127.0.0.1']],
  ['x-forwarded-for', ['::1', '1.2.3.4, 5', ',,,', '\u00a0']],
  ['content-encoding', ['gzip', 'br', 'identity']],
  ['x-csrf', ['1', '', '2']],
  ['sec-fetch-site', ['cross-site', 'same-origin', '?']],
  ['x-http-method-override', ['DELETE']],
  ['expect', ['200-ok']],
  ['if-none-match', ['*']],
  ['range', ['bytes=0-1']],
];
const PATHS = [
  ...[
    '/',
    '/graphql/',
    '/graphql?',
    '/healthz',
    '/readyz',
    '/metrics',
    '/auth/login',
    '/auth/login?returnTo=//x',
    '/auth/callback',
  ],
  ...[
    '/auth/callback?state=a&code=b',
    '/auth/session',
    '/auth/logout',
    '/auth/callback?state=a&state=b',
    '/playground/',
    '/%00',
  ],
  ...['/__proto__', '/..%2f..%2fpackage.json', '/graphql?query=%', `/${'a'.repeat(3000)}`],
];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'];

/** Documents are made once: validating each takes longer than asking it. */
const POOL_SIZE = 1500;

/** The next request, each time. */
export function createFuzzer(
  schema: GraphQLSchema,
  random: Random,
  tokens: readonly string[],
): () => FuzzRequest {
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const pool = Array.from({ length: POOL_SIZE }, () => generateOperation(schema, random, 3 + below(3)));

  const operation = (): GeneratedOperation =>
    random() < 0.7 ? pick(pool) : { query: pick(DOCUMENTS), variables: { x: value(0) } };
  const json = () => ({ 'content-type': 'application/json', authorization: `Bearer ${pick(tokens)}` });

  function value(depth: number): unknown {
    const chance = random();
    if (depth > 3 || chance < 0.35) return pick(SCALARS);
    if (chance < 0.55)
      return encodeGlobalId(
        pick(FAMILIES),
        Array.from({ length: below(4) }, () => String(pick(SCALARS))),
      );
    if (chance < 0.75) return Array.from({ length: below(6) }, () => value(depth + 1));
    // By entries, so that __proto__ becomes a key as JSON has it.
    return Object.fromEntries(Array.from({ length: below(5) }, () => [pick(INPUT_FIELDS), value(depth + 1)]));
  }

  function noise(): Buffer {
    return Buffer.from(Array.from({ length: below(300) }, () => below(256)));
  }

  /** With some of its characters gone, doubled, or put elsewhere. */
  function garble(text: string): string {
    let garbled = text;
    for (let edits = 1 + below(4); edits > 0; edits -= 1) {
      const at = below(garbled.length);
      const to = at + below(12);
      const middle = pick([
        '',
        garbled.slice(at, to).repeat(2),
        '"',
        '{',
        '}',
        '$',
        '...',
        '@skip',
        '\u0000',
        '"""',
        '#',
        '\\u{110000}',
      ]);
      garbled = garbled.slice(0, at) + middle + garbled.slice(to);
    }
    return garbled;
  }

  const post = (body: string | Buffer, headers: Record<string, string> = json()): FuzzRequest => ({
    method: 'POST',
    path: '/graphql',
    headers,
    body,
  });

  const kinds: readonly (() => FuzzRequest)[] = [
    ...Array.from({ length: 5 }, () => () => post(JSON.stringify(operation()))),
    () => post(JSON.stringify({ ...operation(), query: garble(operation().query) })),
    () => post(garble(JSON.stringify(operation()))),
    () => {
      const { query, variables } = operation();
      const hostile = Object.fromEntries(Object.keys(variables).map((name) => [name, value(0)]));
      return post(JSON.stringify({ query, variables: hostile, operationName: pick([undefined, value(0)]) }));
    },
    () =>
      post(
        JSON.stringify(
          pick<unknown>([
            value(0),
            { query: value(0) },
            { extensions: value(0), documentId: value(0) },
            [operation()],
          ]),
        ),
      ),
    () => post(noise(), random() < 0.5 ? json() : {}),
    () => {
      const headers = Object.fromEntries(
        Array.from({ length: 1 + below(4) }, () => pick(HEADERS)).map(([name, values]) => [
          name,
          pick(values),
        ]),
      );
      return post(JSON.stringify(operation()), { ...json(), ...headers });
    },
    () => {
      const { query, variables } = operation();
      const search = new URLSearchParams({ query, variables: JSON.stringify(variables) }).toString();
      return {
        method: 'GET',
        path: `/graphql?${random() < 0.5 ? search : garble(search).replaceAll(/[^!-~]/g, '%')}`,
        headers: json(),
        body: undefined,
      };
    },
    () => ({
      method: pick(METHODS),
      path: pick(PATHS),
      headers: random() < 0.5 ? json() : {},
      body: undefined,
    }),
  ];
  return () => pick(kinds)();
}
