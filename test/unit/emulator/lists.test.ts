import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.js';
import { blockedId, CANONICAL, send } from './client.js';

interface Listed {
  readonly id: string | number;
  readonly status?: string;
  readonly usageType?: string;
  readonly paymentType?: string;
  readonly type?: string;
  readonly name?: string;
}

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ limits: 'off' });
});
afterAll(() => emulator.stop());

const ACCOUNT_NUMBERS = '/restapi/v1.0/account/~/phone-number';
const EXTENSIONS = '/restapi/v1.0/account/~/extension';

async function list(path: string): Promise<Listed[]> {
  const { json } = await send(emulator, path);
  return json.records;
}

describe('a page', () => {
  it('is told by number and size, with its neighbours', async () => {
    const { json } = await send(emulator, 'caller-blocking/phone-numbers?page=2&perPage=15');
    const at = (page: number) => ({
      uri: `${CANONICAL}/caller-blocking/phone-numbers?page=${page}&perPage=15`,
    });
    expect(json.uri).toBe(at(2).uri);
    expect(json.records).toHaveLength(15);
    expect(json.paging).toEqual({
      page: 2,
      perPage: 15,
      pageStart: 15,
      pageEnd: 29,
      totalPages: 3,
      totalElements: 40,
    });
    expect(json.navigation).toEqual({
      firstPage: at(1),
      previousPage: at(1),
      nextPage: at(3),
      lastPage: at(3),
    });
  });

  it('has 100 records unless said, and no more than 1,000 whatever is said', async () => {
    expect((await send(emulator, ACCOUNT_NUMBERS)).json).toMatchObject({
      paging: { perPage: 100, page: 1, totalPages: 2 },
      navigation: { nextPage: {} },
    });
    expect((await send(emulator, `${ACCOUNT_NUMBERS}?perPage=5000`)).json.paging).toMatchObject({
      perPage: 1000,
      totalPages: 1,
    });
  });

  it('beyond the end has no records and no number', async () => {
    const { status, json } = await send(emulator, 'forwarding-number?page=900');
    expect(status).toBe(200);
    expect(json.records).toEqual([]);
    expect(json.paging).toEqual({ perPage: 100, totalPages: 1, totalElements: 12 });
    expect(json.navigation).not.toHaveProperty('nextPage');
  });

  it.each(['page=0', 'page=-1', 'page=x', 'page=1001', 'perPage=0', 'perPage=1.5'])(
    '%s is CMN-101',
    async (query) => {
      const { status, json } = await send(emulator, `forwarding-number?${query}`);
      expect(status).toBe(400);
      expect(json.errors[0]).toMatchObject({
        errorCode: 'CMN-101',
        parameterName: query.split('=')[0],
        parameterValue: query.split('=')[1],
      });
    },
  );

  it('after page gives every record once, in one order, whatever the size', async () => {
    const all = await list('caller-blocking/phone-numbers?perPage=1000');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5, max: 60 }), async (perPage) => {
        const found: Listed[] = [];
        let next: string | undefined =
          `/restapi/v1.0/account/~/extension/~/caller-blocking/phone-numbers?perPage=${perPage}`;
        while (next !== undefined) {
          const { json } = await send(emulator, next);
          found.push(...json.records);
          next = json.navigation.nextPage?.uri.replace('https://platform.ringcentral.com', '');
        }
        expect(found).toEqual(all);
      }),
      { numRuns: 15 },
    );
  });
});

describe('a filter', () => {
  it('of usage types is a repeated parameter, and goes into the navigation', async () => {
    const path = 'phone-number?usageType=DirectNumber&usageType=MainCompanyNumber&perPage=1';
    const { json } = await send(emulator, path);
    expect(json.navigation.nextPage.uri).toContain('usageType=DirectNumber&usageType=MainCompanyNumber');
    const records = await list(path.replace('perPage=1', 'perPage=100'));
    expect(new Set(records.map(({ usageType }) => usageType))).toEqual(
      new Set(['DirectNumber', 'MainCompanyNumber']),
    );
  });

  it.each([
    ['phone-number', 'usageType'],
    ['phone-number', 'status'],
    [ACCOUNT_NUMBERS, 'paymentType'],
    [EXTENSIONS, 'type'],
    [EXTENSIONS, 'status'],
    ['caller-blocking/phone-numbers', 'status'],
  ])('of %s by an unknown %s is CMN-101', async (path, name) => {
    const { status, json } = await send(emulator, `${path}?${name}=Nonsense`);
    expect(status).toBe(400);
    expect(json.errors[0]).toMatchObject({ errorCode: 'CMN-101', parameterName: name });
  });

  it('of blocked numbers by status takes one without status for Blocked', async () => {
    const blocked = await list('caller-blocking/phone-numbers?status=Blocked');
    const allowed = await list('caller-blocking/phone-numbers?status=Allowed');
    expect(new Set(blocked.map(({ status }) => status))).toEqual(new Set(['Blocked', undefined]));
    expect(new Set(allowed.map(({ status }) => status))).toEqual(new Set(['Allowed']));
  });

  it('of an account’s numbers by payment type and by their extension’s status', async () => {
    const free = await list(`${ACCOUNT_NUMBERS}?paymentType=TollFree`);
    expect(new Set(free.map(({ paymentType }) => paymentType))).toEqual(new Set(['TollFree']));
    const lobbies = await list(`${ACCOUNT_NUMBERS}?extensionStatus=NotActivated`);
    expect(lobbies).not.toEqual([]);
    for (const number of lobbies) expect(number).toMatchObject({ extension: { extensionNumber: '400' } });
  });

  it('of extensions by number, address, kind and state', async () => {
    const names = async (query: string) => (await list(`${EXTENSIONS}?${query}`)).map(({ name }) => name);
    expect(await names('extensionNumber=102')).toEqual(['Bob Baker']);
    expect(await names('email=bob.baker@example.com&email=ann.archer@example.com')).toEqual([
      'Ann Archer',
      'Bob Baker',
    ]);
    expect(await names('type=Department&type=IvrMenu')).toEqual(['Support', 'Welcome']);
    expect(await names('status=Disabled')).toEqual(['Rita Reader']);
  });
});

describe('a list', () => {
  it('of the old family has no allowed numbers', async () => {
    const old = await list('blocked-number');
    const allowed = await list('caller-blocking/phone-numbers?status=Allowed');
    const all = await list('caller-blocking/phone-numbers');
    expect(old).toHaveLength(all.length - allowed.length);
    expect(old.map(({ id }) => id)).not.toContain(blockedId('+16505550103'));
  });

  it('of extensions shows who may see only itself nobody else', async () => {
    const { json } = await send(emulator, EXTENSIONS, { token: emulator.tokens.otherUser });
    expect(json.records).toMatchObject([{ name: 'Bob Baker' }]);
  });
});
