import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultOrder } from '../../src/emulator/emulator.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { blockedId } from '../support/upstream.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway(
    { UPSTREAM_TIMEOUT_MS: '1500' },
    {
      overrides: { random: () => 0 },
      emulator: { limits: { light: { limit: 1000, windowSeconds: 60, penaltySeconds: 60 } } },
    },
  );
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.emulator.reset();
});

const ONE = `{ extension { blockedNumber(resourceId: "${blockedId(0)}") { label } } }`;
const TWO = `{ extension { a: blockedNumber(resourceId: "${blockedId(0)}") { label } b: blockedNumber(resourceId: "${blockedId(1)}") { label } } }`;
const current = (errorCode: string, more: object = {}) => ({
  errors: [{ errorCode, message: 'Call +16505550100', ...more }],
});

describe('what RingCentral says becomes a code', () => {
  it.each<[string, number, unknown, string]>([
    ['CMN-405 at 401', 401, current('CMN-405'), 'FORBIDDEN'],
    ['OAU-151 at 401', 401, current('OAU-151'), 'FORBIDDEN'],
    ['another 401', 401, current('OAU-213'), 'UNAUTHENTICATED'],
    ['a legacy 401', 401, { errorCode: 'TokenInvalid', message: 'x' }, 'UNAUTHENTICATED'],
    ['CMN-102 at 404', 404, current('CMN-102', { parameterName: 'extensionId' }), 'NOT_FOUND'],
    ['CMN-102 at 400', 400, current('CMN-102'), 'NOT_FOUND'],
    ['CMN-120', 404, current('CMN-120'), 'NOT_FOUND'],
    [
      'AGW-404 with an empty list',
      404,
      { errorCode: 'AGW-404', message: 'Resource not found', errors: [] },
      'NOT_FOUND',
    ],
    ['a 404 of a proxy', 404, '<html>not here</html>', 'NOT_FOUND'],
    ['CMN-101 at 403', 403, current('CMN-101'), 'BAD_USER_INPUT'],
    ['another 400', 400, current('MSG-219'), 'BAD_USER_INPUT'],
    ['a 403', 403, current('CMN-408', { permissionName: 'ReadBlockedNumbers' }), 'FORBIDDEN'],
    ['a 500', 500, current('CMN-203'), 'UPSTREAM_UNAVAILABLE'],
    ['a redirect', 302, '', 'UPSTREAM_INVALID_RESPONSE'],
    ['a 418', 418, 'teapot', 'UPSTREAM_INVALID_RESPONSE'],
    ['a 200 of HTML', 200, '<html>', 'UPSTREAM_INVALID_RESPONSE'],
    ['a 200 of nothing', 200, '', 'UPSTREAM_INVALID_RESPONSE'],
    ['a 200 that is an error', 200, current('CMN-102'), 'UPSTREAM_INVALID_RESPONSE'],
    ['a 200 of another record', 200, { id: blockedId(1), label: 'x' }, 'UPSTREAM_INVALID_RESPONSE'],
  ])('%s', async (_name, status, body, code) => {
    const answer = typeof body === 'string' ? { status, text: body } : { status, body };
    gateway.emulator.fault({
      answer: { ...answer, headers: { rcrequestid: '9379f134-a603-11ea-899e-005056bbcdd9' } },
    });
    const { data, errors, status: http } = await gateway.query(ONE);
    expect(http).toBe(200);
    expect(data).toEqual({ extension: { blockedNumber: null } });
    expect(errors).toEqual([expect.objectContaining({ path: ['extension', 'blockedNumber'] })]);
    expect(errors[0]?.extensions.code).toBe(code);
    expect(errors[0]?.extensions['upstream']).toMatchObject({
      status,
      requestId: '9379f134-a603-11ea-899e-005056bbcdd9',
    });
    // Whatever it says, nothing of it but names and codes is shown.
    expect(JSON.stringify(errors)).not.toMatch(/6505550100|html|http:|teapot/);
  });

  it('a 429 says when to ask again, and 30 s where it does not say', async () => {
    gateway.emulator.fault({
      answer: { status: 429, body: current('CMN-301'), headers: { 'retry-after': '7' } },
    });
    const { otherUser, readOnly } = gateway.emulator.tokens;
    const told = await gateway.query(ONE, { token: otherUser });
    expect(told.errors[0]?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 7,
      upstream: { errorCode: 'CMN-301' },
    });
    gateway.emulator.fault({ answer: { status: 429, text: '' } });
    const untold = await gateway.query(ONE, { token: readOnly });
    expect(untold.errors[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 30 });
  });
});

describe('a read is sent again', () => {
  it.each<[string, FaultOrder]>([
    ['a 502', { answer: { status: 502, text: '' } }],
    ['a 503', { answer: { status: 503, text: '' } }],
    ['a 504', { answer: { status: 504, text: '' } }],
    ['a connection that breaks', { reset: 'before' }],
    ['an answer that is cut off', { truncate: 0.5 }],
  ])('after %s, at most twice', async (_name, fault) => {
    gateway.emulator.fault({ ...fault, times: 2 });
    const { data, upstream } = await gateway.query(TWO);
    expect(data.extension.b).toEqual({ label: 'Caller 1 of Ann Archer' });
    expect(gateway.calls()).toHaveLength(3);
    expect(upstream.calls).toBe(3);
    gateway.emulator.reset();
    gateway.emulator.fault({ ...fault, times: 5 });
    const { errors } = await gateway.query(TWO);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual([
      'UPSTREAM_UNAVAILABLE',
      'UPSTREAM_UNAVAILABLE',
    ]);
    expect(gateway.calls()).toHaveLength(3);
  });

  it('but not when no answer came in time', async () => {
    gateway.emulator.fault({ hold: new Promise(() => undefined) });
    const { errors } = await gateway.query(ONE);
    expect(errors[0]?.extensions.code).toBe('UPSTREAM_TIMEOUT');
    expect(gateway.calls()).toHaveLength(1);
  });
});

describe('a 207 that contradicts itself', () => {
  const rewrite = (from: string, to: string): FaultOrder => ({
    rewrite: (answer) => ({ ...answer, body: answer.body.replaceAll(from, to) }),
  });

  it('fails the ids that it touches, and the others arrive', async () => {
    // The first body names itself as nobody who was asked for.
    gateway.emulator.fault({
      rewrite: (answer) => ({
        ...answer,
        body: answer.body.replace(`"id":"${blockedId(0)}"`, '"id":"somebody"'),
      }),
    });
    const { data, errors } = await gateway.query(TWO);
    expect(data.extension).toEqual({ a: null, b: { label: 'Caller 1 of Ann Archer' } });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_INVALID_RESPONSE']);
  });

  it('never gives one id the record of another', async () => {
    gateway.emulator.fault(rewrite(blockedId(0), blockedId(1)));
    const { data } = await gateway.query(TWO);
    expect(data.extension.a).toBeNull();
  });

  it.each([true, false])(
    'may come in another order (entries reversed: %s), by either encoding',
    async (reversed) => {
      gateway.emulator.setVariant({
        reversed,
        newline: '\n',
        boundaryQuoted: true,
        preamble: 'hello\n',
        href: 'short',
      });
      const { data, errors } = await gateway.query(TWO);
      expect(errors).toEqual([]);
      expect(data.extension).toEqual({
        a: { label: 'Caller 0 of Ann Archer' },
        b: { label: 'Caller 1 of Ann Archer' },
      });
    },
  );
});

describe('nothing is asked of RingCentral', () => {
  it('without a credential, but for what needs none', async () => {
    const { data, errors } = await gateway.query('{ __typename extension { name } rateLimits { group } }', {
      token: null,
    });
    expect(errors.map(({ extensions }) => extensions.code)).toContain('UNAUTHENTICATED');
    expect(data ?? null).toBeNull();
    expect((await gateway.query('{ __typename }', { token: null })).data).toEqual({ __typename: 'Query' });
    expect(gateway.calls()).toEqual([]);
  });

  it('for an id whose parts are known', async () => {
    const { data } = await gateway.query(
      '{ extension(accountId: "401900100008", extensionId: "401900101008") { id resourceId accountId } }',
    );
    expect(data.extension).toMatchObject({ resourceId: '401900101008', accountId: '401900100008' });
    expect(gateway.calls()).toEqual([]);
  });
});

it('an unknown enum value is UNKNOWN, is counted, and breaks nothing', async () => {
  const { data, errors } = await gateway.query(
    '{ extension { blockedNumbers(first: 1000) { nodes { status } } } }',
  );
  expect(errors).toEqual([]);
  expect(data.extension.blockedNumbers.nodes).toContainEqual({ status: 'UNKNOWN' });
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(metrics).toMatch(/switchboard_unknown_enum_values_total\{enum="BlockedNumberStatus"\} [1-9]/);
});

it("a number's extension is answered from the embedded object, and read only for what that lacks", async () => {
  const embedded = { id: 401900101008, name: 'Embedded', extensionNumber: '101' };
  const list = {
    status: 200,
    body: { records: [{ id: 1, extension: embedded }, { id: 2, extension: embedded }, { id: 3 }] },
  };
  const ask = (fields: string) =>
    gateway.query(
      `{ extension(accountId: "401900100008") { phoneNumbers { nodes { extension { ${fields} } } } } }`,
    );
  gateway.emulator.fault({ path: /\/phone-number$/, times: 2, answer: list });
  const known = await ask('name extensionNumber');
  expect(known.data.extension.phoneNumbers.nodes).toEqual([
    { extension: { name: 'Embedded', extensionNumber: '101' } },
    { extension: { name: 'Embedded', extensionNumber: '101' } },
    { extension: null },
  ]);
  expect(gateway.calls()).toHaveLength(1);
  gateway.emulator.clearJournal();
  const more = await ask('name status');
  expect(more.data.extension.phoneNumbers.nodes[0]).toEqual({
    extension: { name: 'Embedded', status: 'ENABLED' },
  });
  expect(gateway.calls()).toHaveLength(2);
});
