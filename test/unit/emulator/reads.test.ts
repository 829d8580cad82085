import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.js';
import { ACCOUNT, BOB, blockedId, CANONICAL, EXTENSION, OWN, send } from './client.js';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ limits: 'off' });
});
afterAll(() => emulator.stop());
beforeEach(() => {
  emulator.reset();
});

const FIRST = blockedId('+16505550100');

describe('an address', () => {
  it('with ~ is answered with the real ids', async () => {
    const { status, json } = await send(emulator, `caller-blocking/phone-numbers/${FIRST}`);
    expect(status).toBe(200);
    expect(json).toEqual({
      uri: `${CANONICAL}/caller-blocking/phone-numbers/${FIRST}`,
      id: 'MTY1MDU1NTAxMDA',
      phoneNumber: '+16505550100',
      label: 'Caller 0 of Ann Archer',
      status: 'Blocked',
    });
  });

  it('with real ids is the same', async () => {
    const below = `caller-blocking/phone-numbers/${FIRST}`;
    const real = await send(emulator, `/restapi/v1.0/account/${ACCOUNT}/extension/${EXTENSION}/${below}`);
    expect(real.json).toEqual((await send(emulator, below)).json);
  });

  it('that does not exist is AGW-404 with an empty list of errors', async () => {
    const { status, json } = await send(emulator, '/restapi/v1.0/nowhere');
    expect(status).toBe(404);
    expect(json).toEqual({ errorCode: 'AGW-404', message: 'Resource not found', errors: [] });
  });

  it('with no id where one belongs does not lead to the collection', async () => {
    expect((await send(emulator, 'caller-blocking/phone-numbers/', { method: 'DELETE' })).status).toBe(404);
    expect((await send(emulator, 'caller-blocking/phone-numbers', { method: 'DELETE' })).status).toBe(405);
  });

  it('of a resource that does not exist is CMN-102 in both error models', async () => {
    const { status, json } = await send(emulator, 'caller-blocking/phone-numbers/nobody');
    const message = 'Resource for parameter [blockedNumberId] is not found';
    const parameterName = 'blockedNumberId';
    expect(status).toBe(404);
    expect(json).toEqual({
      errorCode: 'CMN-102',
      message,
      parameterName,
      errors: [{ errorCode: 'CMN-102', message, parameterName }],
    });
  });

  it('of an encoded comma is one id', async () => {
    const { status } = await send(emulator, `caller-blocking/phone-numbers/${FIRST}%2C${FIRST}`);
    expect(status).toBe(404);
  });
});

describe('the two families of blocked numbers', () => {
  it('show one record each in its own words, the old one with the new one’s address', async () => {
    const { json } = await send(emulator, `blocked-number/${FIRST}`);
    expect(json).toEqual({
      id: FIRST,
      uri: `${CANONICAL}/caller-blocking/phone-numbers/${FIRST}`,
      name: 'Caller 0 of Ann Archer',
      phoneNumber: '+16505550100',
    });
  });

  it('differ in allowed numbers, which the old one does not have', async () => {
    const allowed = blockedId('+16505550103');
    expect((await send(emulator, `caller-blocking/phone-numbers/${allowed}`)).json).toMatchObject({
      status: 'Allowed',
    });
    expect((await send(emulator, `blocked-number/${allowed}`)).status).toBe(404);
    expect((await send(emulator, `blocked-number/${allowed}`, { method: 'DELETE' })).status).toBe(404);
  });
});

describe('the seed', () => {
  it('has the same blocked id in two extensions, with another label', async () => {
    const own = await send(emulator, `caller-blocking/phone-numbers/${FIRST}`);
    const bobs = `/restapi/v1.0/account/~/extension/${BOB}/caller-blocking/phone-numbers/${FIRST}`;
    expect((await send(emulator, bobs)).json).toMatchObject({
      id: own.json.id,
      label: 'Caller 0 of Bob Baker',
    });
  });

  it('shows the same records after a reset', async () => {
    const before = await send(emulator, 'caller-blocking/phone-numbers?perPage=1000');
    await send(emulator, `caller-blocking/phone-numbers/${FIRST}`, { method: 'DELETE' });
    emulator.reset();
    expect((await send(emulator, 'caller-blocking/phone-numbers?perPage=1000')).json).toEqual(before.json);
  });

  it('is odd where RingCentral may be', async () => {
    const blocked = await records('caller-blocking/phone-numbers');
    expect(blocked.map(({ status }) => status)).toEqual(
      expect.arrayContaining(['Blocked', 'Allowed', 'Quarantined', undefined]),
    );
    expect(blocked.map(({ label }) => label)).toEqual(expect.arrayContaining(['', null, undefined]));
    const forwarding = await records('forwarding-number');
    expect(new Set(forwarding.map(({ flipNumber }) => typeof flipNumber))).toEqual(
      new Set(['number', 'string']),
    );
    expect(forwarding.map(({ type }) => type)).toEqual(expect.arrayContaining(['CarrierPigeon', undefined]));
    const numbers = await records('/restapi/v1.0/account/~/phone-number');
    expect(new Set(numbers.map(({ id }) => typeof id))).toEqual(new Set(['number', 'string']));
    expect(numbers.map(({ usageType }) => usageType)).toContain('HologramNumber');
    expect(numbers.map(({ type }) => type)).toContain(null);
    const extensions = await records('/restapi/v1.0/account/~/extension');
    expect(extensions.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['User', 'Department', 'IvrMenu', 'Limited', 'Site', 'Hologram']),
    );
  });

  it('can be had in another size', async () => {
    const large = await startEmulator({ limits: 'off', seed: { blockedNumbers: 1200 } });
    const { json } = await send(large, 'caller-blocking/phone-numbers');
    expect(json.paging).toMatchObject({ totalElements: 1200, totalPages: 12 });
    await large.stop();
  });

  async function records(path: string): Promise<Record<string, unknown>[]> {
    return (await send(emulator, `${path}?perPage=1000`)).json.records;
  }
});

describe('an extension', () => {
  it('has an integer id, its account and, for itself alone, its features', async () => {
    const own = await send(emulator, OWN);
    expect(own.json).toMatchObject({
      id: 401900101008,
      uri: CANONICAL,
      account: { id: ACCOUNT },
      name: 'Ann Archer',
      type: 'User',
      contact: { email: 'ann.archer@example.com' },
      serviceFeatures: expect.any(Array),
    });
    const other = await send(emulator, `/restapi/v1.0/account/~/extension/${BOB}`);
    expect(other.json).toMatchObject({ name: 'Bob Baker' });
    expect(other.json).not.toHaveProperty('serviceFeatures');
  });

  it('has no batch form', async () => {
    const { status } = await send(emulator, `/restapi/v1.0/account/~/extension/${EXTENSION},${BOB}`);
    expect(status).toBe(404);
  });

  it('of a kind without phone has no forwarding numbers: CMN-403', async () => {
    const { status, json } = await send(
      emulator,
      '/restapi/v1.0/account/~/extension/401900104008/forwarding-number',
    );
    expect([status, json.errorCode]).toEqual([403, 'CMN-403']);
  });
});

describe('a phone number', () => {
  it('of the company stands in several extensions’ lists, and what each may do with it is its own', async () => {
    const listOf = async (extension: string) =>
      (await send(emulator, `/restapi/v1.0/account/~/extension/${extension}/phone-number`)).json.records;
    const [anns, bobs] = [await listOf('~'), await listOf(BOB)] as Record<string, unknown>[][];
    const shared = (list?: Record<string, unknown>[]) => list?.find(({ id }) => id === 299282005);
    expect(shared(anns)).toMatchObject({
      country: { name: 'United States' },
      extension: { extensionNumber: 500 },
    });
    expect(shared(anns)?.['features']).not.toEqual(shared(bobs)?.['features']);
    expect(anns?.[0]).not.toHaveProperty('extension');
  });

  it('of the account tells neither country nor features', async () => {
    const { json } = await send(emulator, '/restapi/v1.0/account/~/phone-number/299282005');
    expect(json).toMatchObject({
      id: 299282005,
      uri: `https://platform.ringcentral.com/restapi/v1.0/account/${ACCOUNT}/phone-number/299282005`,
      phoneNumber: '+16505551005',
    });
    expect(json).not.toHaveProperty('country');
    expect(json).not.toHaveProperty('features');
  });
});

describe('a credential', () => {
  it.each([
    ['none', null, 401, 'OAU-213'],
    ['an unknown one', 'nobody', 401, 'OAU-213'],
    ['an expired one', 'demo-token-expired', 401, 'OAU-128'],
  ])('%s is refused', async (_name, token, status, errorCode) => {
    const answer = await send(emulator, OWN, { token });
    expect([answer.status, answer.json.errors[0].errorCode]).toEqual([status, errorCode]);
  });

  it('says TokenInvalid in the old error model', async () => {
    expect((await send(emulator, OWN, { token: 'nobody' })).json.errorCode).toBe('TokenInvalid');
  });

  it('of a user without the permission is CMN-408', async () => {
    const token = emulator.tokens.noPermissions;
    const { status, json } = await send(emulator, 'blocked-number', { token });
    expect(status).toBe(403);
    expect(json).toMatchObject({
      errorCode: 'CMN-408',
      permissionName: 'ReadBlockedNumbers',
      errors: [{ errorCode: 'CMN-408', permissionName: 'ReadBlockedNumbers' }],
    });
  });

  it('of an app without the permission is CMN-401, InsufficientPermissions in the old model', async () => {
    const token = emulator.tokens.readingApp;
    const sent = { token, method: 'DELETE' };
    const { status, json } = await send(emulator, `blocked-number/${FIRST}`, sent);
    expect(status).toBe(403);
    expect(json).toMatchObject({
      errorCode: 'InsufficientPermissions',
      errors: [{ errorCode: 'CMN-401', permissionName: 'EditExtensions' }],
    });
    expect((await send(emulator, `blocked-number/${FIRST}`, { token })).status).toBe(200);
  });

  it('that may only read cannot write', async () => {
    const token = emulator.tokens.readOnly;
    expect((await send(emulator, 'blocked-number', { token })).status).toBe(200);
    const sent = { token, method: 'DELETE' };
    expect((await send(emulator, `blocked-number/${FIRST}`, sent)).json.errorCode).toBe('CMN-408');
  });

  it('does not show that another extension or account exists', async () => {
    const token = emulator.tokens.otherUser;
    const path = `/restapi/v1.0/account/~/extension/${EXTENSION}`;
    const foreign = await send(emulator, path, { token });
    const missing = await send(emulator, '/restapi/v1.0/account/~/extension/1', { token });
    expect(foreign.status).toBe(404);
    expect(foreign.json).toEqual(missing.json);
    const account = await send(emulator, `/restapi/v1.0/account/${ACCOUNT}/extension/~`, {
      token: emulator.tokens.otherAccount,
    });
    expect(account.json.errors[0]).toMatchObject({ errorCode: 'CMN-102', parameterName: 'accountId' });
  });

  it('that needs none parses numbers, but not without a token', async () => {
    const sent = { method: 'POST', body: { originalStrings: [] } };
    const path = '/restapi/v1.0/number-parser/parse';
    expect((await send(emulator, path, { ...sent, token: emulator.tokens.noPermissions })).status).toBe(200);
    expect((await send(emulator, path, { ...sent, token: null })).status).toBe(401);
  });
});
