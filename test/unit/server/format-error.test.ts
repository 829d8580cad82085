import fc from 'fast-check';
import { GraphQLError } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { loadSchema } from '../../../scripts/schema.js';
import { ERROR_CODES, GatewayError, LimitExceededError, RateLimitedError } from '../../../src/errors.js';
import { createFormatError } from '../../../src/server/format-error.js';
import { startGuardedApollo } from '../../support/guarded-apollo.js';

const schema = loadSchema();
const ignore = () => undefined;
const formatError = createFormatError({ suggestions: true, report: ignore });

/** As graphql-js wraps what a resolver throws. */
const thrownAt = (originalError: Error, path = ['extension', 'name']) =>
  new GraphQLError(originalError.message, { originalError, path });

describe('a failure of ours', () => {
  it('keeps its message, its code and where it happened', () => {
    const error = thrownAt(new LimitExceededError('too much', 'MAX_IDS'));
    expect(formatError({ ...error.toJSON(), locations: [{ line: 1, column: 3 }] }, error)).toEqual({
      message: 'too much',
      extensions: { code: 'LIMIT_EXCEEDED', limit: 'MAX_IDS' },
      path: ['extension', 'name'],
      locations: [{ line: 1, column: 3 }],
    });
  });

  it("keeps RingCentral's details and the time to wait", () => {
    const upstream = { status: 429, errorCode: 'CMN-301', requestId: 'r-1' };
    const error = thrownAt(new RateLimitedError(7, upstream));
    expect(formatError(error.toJSON(), error).extensions).toEqual({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 7,
      upstream,
    });
  });

  it('loses what clients are not promised', () => {
    const upstream = { status: 500, url: 'https://example.com', body: 'text' };
    const error = thrownAt(
      new GatewayError('down', { code: 'UPSTREAM_UNAVAILABLE', upstream, stacktrace: ['at'], token: 't' }),
    );
    expect(formatError(error.toJSON(), error).extensions).toEqual({
      code: 'UPSTREAM_UNAVAILABLE',
      upstream: { status: 500 },
    });
  });
});

describe('any other failure', () => {
  it.each([
    ['an Error', new Error('connect ECONNREFUSED 10.0.0.1')],
    [
      'an error of graphql-js about our answer',
      new GraphQLError('Enum "X" cannot represent value: "+16505550100"'),
    ],
    [
      'an error that only claims a code',
      Object.assign(new Error('x'), { extensions: { code: 'FORBIDDEN' } }),
    ],
  ])('is masked and reported: %s', (_what, original) => {
    const report = vi.fn();
    const error = thrownAt(original);
    expect(createFormatError({ suggestions: true, report })(error.toJSON(), error)).toEqual({
      message: 'Internal server error',
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
      path: ['extension', 'name'],
    });
    expect(report).toHaveBeenCalledExactlyOnceWith(original);
  });

  it('never makes the funnel throw, and always has one of the codes', () => {
    const hostile = fc.oneof(
      fc.anything(),
      fc.string().map((message) => new Error(message)),
      fc.anything().map((originalError) => Object.assign(new Error('x'), { originalError })),
      fc.constant(
        Object.defineProperty(new Error('x'), 'originalError', {
          get: () => expect.unreachable(),
        }),
      ),
    );
    const codes = fc.constantFrom(
      'BAD_USER_INPUT',
      'GRAPHQL_PARSE_FAILED',
      'GRAPHQL_VALIDATION_FAILED',
      'X',
      undefined,
    );
    const failing = createFormatError({
      suggestions: false,
      report: () => {
        throw new Error('the log is full');
      },
    });
    fc.assert(
      fc.property(hostile, fc.string(), codes, (error, message, code) => {
        const shown = failing({ message, extensions: { code } }, error);
        expect([...ERROR_CODES, 'GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED']).toContain(
          shown.extensions?.['code'],
        );
      }),
    );
  });

  it('may hold itself', () => {
    const error: Error & { originalError?: unknown } = new Error('x');
    error.originalError = error;
    expect(formatError({ message: 'x' }, error).extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR' });
  });
});

describe('the code of a request that', () => {
  it.each([
    ['cannot be parsed', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['does not validate', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
    [
      'names no operation of its document',
      { query: '{ __typename }', operationName: 'A' },
      'OPERATION_RESOLUTION_FAILURE',
    ],
    ['has no document', { variables: {} }, 'BAD_REQUEST'],
    ['is an array of requests', [{ query: '{ __typename }' }], 'BATCHING_NOT_ALLOWED'],
    [
      'asks for a registered query',
      { extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } },
      'PERSISTED_QUERY_NOT_SUPPORTED',
    ],
    ['lacks a variable', { query: 'query ($id: ID!) { node(id: $id) { id } }' }, 'BAD_USER_INPUT'],
    [
      'has null where a default was',
      { query: 'query ($id: ID = "x") { extension(extensionId: $id) { id } }', variables: { id: null } },
      'BAD_USER_INPUT',
    ],
    [
      'has sixty bad ids',
      { query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', variables: { ids: Array(60).fill({}) } },
      'BAD_USER_INPUT',
    ],
  ])('$0 is $2', async (_what, body, code) => {
    const report = vi.fn();
    const { post } = await startGuardedApollo({ schema, report });
    const { errors } = (await post(body)).body;
    expect([...new Set(errors?.map(({ extensions }) => extensions?.['code']))]).toEqual([code]);
    expect(report).not.toHaveBeenCalled();
  });
});

describe('what is wrong is told without the value', () => {
  it.each([
    [
      { query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id: ['+16505550100'] } },
      'Variable "$id" got an invalid value: ID cannot represent value.',
    ],
    [
      { query: 'query ($id: ID!) { node(id: $id) { id } }', variables: { id: null } },
      'Variable "$id" of non-null type "ID!" must not be null.',
    ],
    [
      {
        query:
          'mutation ($i: UpdateBlockedNumbersInput!) { updateBlockedNumbers(input: $i) { userErrors { code } } }',
        variables: { i: { blockedNumbers: [{ id: 'a' }, { phoneNumber: '+16505550100' }] } },
      },
      'Variable "$i" got an invalid value at "i.blockedNumbers[1]": Field "id" of required type "ID!" was not provided.',
    ],
    [
      {
        query: 'mutation ($i: DeleteBlockedNumbersInput!) { deleteBlockedNumbers(input: $i) { deletedIds } }',
        variables: { i: { ids: [], '+16505550100': 1 } },
      },
      'Variable "$i" got an invalid value: it has a field that is not defined by type "DeleteBlockedNumbersInput".',
    ],
    [
      {
        query: 'query ($s: BlockedNumberStatus) { extension { blockedNumbers(status: $s) { totalCount } } }',
        variables: { s: '+16505550100' },
      },
      'Variable "$s" got an invalid value: The value does not exist in "BlockedNumberStatus" enum.',
    ],
    [
      { query: '{ node(id: 1.6505550100) { id } }' },
      'ID cannot represent a non-string and non-integer value.',
    ],
    [
      { query: '{ extension { phoneNumbers(usageType: [SIXTEEN]) { totalCount } } }' },
      'The value does not exist in "PhoneNumberUsageType" enum.',
    ],
    [
      { query: 'mutation { deleteBlockedNumbers(input: "+16505550100") { deletedIds } }' },
      'Expected value of type "DeleteBlockedNumbersInput!".',
    ],
    [{ query: '{ node(id: "a") "+16505550100" }' }, 'Syntax Error: Expected Name, found String.'],
    [{ query: '{ node(id: "\\q") }' }, 'Syntax Error: Invalid character escape sequence.'],
    [{ query: '{ node(: }' }, 'Syntax Error: Expected Name, found ":".'],
    [{ query: '{ __typename }', operationName: '+16505550100' }, 'Unknown operation.'],
  ])('%j', async (body, message) => {
    const { post } = await startGuardedApollo({ schema });
    const { errors } = (await post(body)).body;
    expect(errors?.[0]?.message).toBe(message);
  });

  it('wherever in a request it was', async () => {
    const { post } = await startGuardedApollo({ schema, suggestions: true });
    const secret = 'XsecretX';
    const around = fc.constantFrom(
      '',
      ' at "x"; ',
      '"',
      '\\',
      '; Expected type "ID".',
      ' does not exist in "A" enum. ',
      '\n',
    );
    const value = fc.tuple(around, around).map(([before, after]) => `${before}${secret}${after}`);
    const variable = fc.oneof(
      value,
      value.map((text) => [text]),
      value.map((text) => ({ [text]: text })),
      value.map((text) => ({ ids: [{ [text]: text }] })),
      value.map((text) => ({ ids: text, [text]: 1 })),
      value.map((text) => ({ blockedNumbers: [{ id: 'a', status: text }] })),
    );
    const quoted = fc.oneof(
      value.map((text) => JSON.stringify(text)),
      value.map((text) => `[{ a: ${JSON.stringify(text)} }]`),
      value.map((text) => `""" ${text.replaceAll(/["\\]/g, '')} """`),
    );
    const literal = fc.oneof(quoted, fc.constantFrom(secret, `{ ids: ${secret} }`));
    const request = fc.oneof(
      fc.record({
        query: fc.constantFrom(
          'query ($x: ID!) { node(id: $x) { id } }',
          'query ($x: [ID!]) { nodes(ids: $x) { id } }',
          'query ($x: Int) { extension { phoneNumbers(first: $x) { totalCount } } }',
          'query ($x: Boolean!) { parsePhoneNumbers(originalStrings: [], nationalAsPriority: $x) { homeCountry { id } } }',
          'query ($x: BlockedNumberStatus) { extension { blockedNumbers(status: $x) { totalCount } } }',
          'mutation ($x: DeleteBlockedNumbersInput!) { deleteBlockedNumbers(input: $x) { deletedIds } }',
          'mutation ($x: UpdateBlockedNumbersInput!) { updateBlockedNumbers(input: $x) { userErrors { code } } }',
        ),
        variables: variable.map((x) => ({ x })),
      }),
      literal.chain((text) =>
        fc.record({
          query: fc.constantFrom(
            `{ node(id: ${text}) { id } }`,
            `{ extension { phoneNumbers(first: ${text}, usageType: ${text}) { totalCount } } }`,
            `mutation { deleteBlockedNumbers(input: ${text}) { deletedIds } }`,
            `query ($x: Int = ${text}) { extension { phoneNumbers(first: $x) { totalCount } } }`,
          ),
        }),
      ),
      quoted.chain((text) =>
        fc.record({ query: fc.constantFrom(`{ extension ${text} }`, `${text} { extension }`) }),
      ),
      fc.record({ query: fc.constantFrom(`{ node(id: "${secret}`, `{ a(b: "\\u{${secret}}") }`) }),
      value.map((operationName) => ({ query: '{ __typename }', operationName })),
    );
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(request, async (body) => {
        const { text, body: answer } = await post(body);
        if (answer.errors) refused += 1;
        expect(text).not.toContain(secret);
      }),
      { numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});
