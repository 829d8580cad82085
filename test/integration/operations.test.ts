import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** The rows of the README's table: operation → what is asked → REST call. */
const table = new Map(
  [...README.matchAll(/^\| +(\w+) +\| (.+?) +\| `(GET|POST|PUT|DELETE) (.+?)` +\|$/gm)].map(
    ([, operation, , method, path]) => [operation, `${method ?? ''} ${path ?? ''}`],
  ),
);

let gateway: TestGateway;
let account: string;
let extension: string;

beforeAll(async () => {
  gateway = await startGateway();
  const { data } = await gateway.query('{ extension { resourceId accountId } }');
  ({ accountId: account, resourceId: extension } = data.extension);
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.emulator.reset();
});

const owner = () => `extension(accountId: "${account}", extensionId: "${extension}")`;
const base = () => `/restapi/v1.0/account/${account}/extension/${extension}`;

/** Some ids of a list, found by asking for it. */
async function someIds(
  list: string,
  count: number,
): Promise<{ id: string; resourceId: string; label: string | null }[]> {
  const { data } = await gateway.query(`{ ${owner()} { list: ${list} { nodes { id resourceId label } } } }`);
  gateway.emulator.clearJournal();
  return data.extension.list.nodes.slice(0, count);
}

/** The only call that has arrived, and that the README's table has it so. */
function theCall(operation: string) {
  expect(gateway.emulator.journal).toHaveLength(1);
  const [call] = gateway.emulator.journal;
  if (call === undefined) throw new Error('no call');
  documented(operation, call.method, call.path);
  return call;
}

function documented(operation: string, method: string, path: string): void {
  const row = table.get(operation);
  if (row === undefined) throw new Error(`${operation} is not in the README's table`);
  const pattern = row
    .replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`)
    .replace(`${method} …`, `${method} /restapi/v1\\.0/account/[^/]+`)
    .replace('/account/[^/]+/account/{id}', '/account/[^/]+')
    .replaceAll(/\{ids?\}/g, '[^/]+');
  expect(`${method} ${path}`).toMatch(new RegExp(`^${pattern}$`));
}

describe.each([
  {
    source: 'CALLER_BLOCKING',
    path: 'caller-blocking/phone-numbers',
    get: 'listBlockedAllowedPhoneNumber',
    update: 'updateBlockedAllowedPhoneNumber',
    remove: 'deleteBlockedAllowedPhoneNumber',
  },
  {
    source: 'BLOCKED_NUMBER',
    path: 'blocked-number',
    get: 'loadBlockedNumber',
    update: 'updateBlockedNumber',
    remove: 'unblockNumber',
  },
])('a blocked number of the source $source', ({ source, path, get, update, remove }) => {
  const list = `blockedNumbers(first: 5, source: ${source})`;

  it('is read by its id', async () => {
    const [record] = await someIds(list, 1);
    const { data, errors } = await gateway.query(
      `query ($id: ID!) { ${owner()} { blockedNumber(resourceId: $id, source: ${source}) { id resourceId source label } } }`,
      { variables: { id: record?.resourceId } },
    );
    expect(errors).toEqual([]);
    expect(data.extension.blockedNumber).toEqual({ ...record, source });
    const call = theCall(get);
    expect(call.path).toBe(`${base()}/${path}/${record?.resourceId ?? ''}`);
    expect(call.query).toBe('');
  });

  it('is given a new label', async () => {
    const [record] = await someIds(list, 1);
    const { data, errors } = await gateway.query(
      'mutation ($input: UpdateBlockedNumbersInput!) { updateBlockedNumbers(input: $input) { blockedNumbers { id label } userErrors { code } } }',
      { variables: { input: { blockedNumbers: [{ id: record?.id, label: 'Renamed' }] } } },
    );
    expect(errors).toEqual([]);
    expect(data.updateBlockedNumbers).toEqual({
      blockedNumbers: [{ id: record?.id, label: 'Renamed' }],
      userErrors: [],
    });
    const calls = gateway.emulator.journal;
    const put = calls.at(-1);
    if (put === undefined) throw new Error('no call');
    documented(update, put.method, put.path);
    expect(put.path).toBe(`${base()}/${path}/${record?.resourceId ?? ''}`);
    const body = JSON.parse(put.body) as Record<string, unknown>;
    if (source === 'BLOCKED_NUMBER') {
      expect(calls).toHaveLength(1);
      expect(body).toEqual({ name: 'Renamed' });
    } else {
      expect(calls.map(({ method }) => method)).toEqual(['GET', 'PUT']);
      expect(body).toEqual({
        label: 'Renamed',
        phoneNumber: expect.stringMatching(/^\+/),
        status: expect.stringMatching(/^(Blocked|Allowed)$/),
      });
    }
  });

  it('is deleted', async () => {
    const [record] = await someIds(list, 1);
    const { data, errors } = await gateway.query(
      'mutation ($input: DeleteBlockedNumbersInput!) { deleteBlockedNumbers(input: $input) { deletedIds userErrors { code } } }',
      { variables: { input: { ids: [record?.id] } } },
    );
    expect(errors).toEqual([]);
    expect(data.deleteBlockedNumbers).toEqual({ deletedIds: [record?.id], userErrors: [] });
    expect(theCall(remove)).toMatchObject({
      method: 'DELETE',
      path: `${base()}/${path}/${record?.resourceId ?? ''}`,
      body: '',
    });
  });
});

it('adds a blocked or allowed number', async () => {
  const { data, errors } = await gateway.query(
    'mutation ($input: AddBlockedNumberInput!) { addBlockedNumber(input: $input) { blockedNumber { phoneNumber label status source } userErrors { code } } }',
    {
      variables: {
        input: {
          accountId: account,
          extensionId: extension,
          phoneNumber: '+16505550199',
          label: 'Sales',
          status: 'ALLOWED',
        },
      },
    },
  );
  expect(errors).toEqual([]);
  expect(data.addBlockedNumber).toEqual({
    blockedNumber: {
      phoneNumber: '+16505550199',
      label: 'Sales',
      status: 'ALLOWED',
      source: 'CALLER_BLOCKING',
    },
    userErrors: [],
  });
  const call = theCall('createBlockedAllowedPhoneNumberLists');
  expect(call.path).toBe(`${base()}/caller-blocking/phone-numbers`);
  expect(JSON.parse(call.body)).toEqual({ phoneNumber: '+16505550199', label: 'Sales', status: 'Allowed' });
});

it('reads a forwarding number', async () => {
  const [record] = await someIds('forwardingNumbers(first: 5)', 1);
  const { data, errors } = await gateway.query(
    `query ($id: ID!) { ${owner()} { forwardingNumber(resourceId: $id) { id resourceId label } } }`,
    { variables: { id: record?.resourceId } },
  );
  expect(errors).toEqual([]);
  expect(data.extension.forwardingNumber).toEqual(record);
  expect(theCall('getForwardingNumber').path).toBe(`${base()}/forwarding-number/${record?.resourceId ?? ''}`);
});

it('deletes a forwarding number', async () => {
  const { data: added } = await gateway.query(
    'mutation ($input: AddForwardingNumberInput!) { addForwardingNumber(input: $input) { forwardingNumber { id resourceId } userErrors { code message } } }',
    {
      variables: {
        input: { accountId: account, extensionId: extension, phoneNumber: '+16505550198', label: 'Cabin' },
      },
    },
  );
  expect(added.addForwardingNumber.userErrors).toEqual([]);
  const { id, resourceId } = added.addForwardingNumber.forwardingNumber;
  gateway.emulator.clearJournal();
  const { data } = await gateway.query(
    'mutation ($input: DeleteForwardingNumbersInput!) { deleteForwardingNumbers(input: $input) { deletedIds userErrors { code } } }',
    { variables: { input: { ids: [id] } } },
  );
  expect(data.deleteForwardingNumbers).toEqual({ deletedIds: [id], userErrors: [] });
  expect(theCall('deleteExtensionForwardingNumber').path).toBe(`${base()}/forwarding-number/${resourceId}`);
});

it('lists the phone numbers of an extension by page and usage type', async () => {
  const { data, errors } = await gateway.query(
    `{ ${owner()} { phoneNumbers(page: 1, perPage: 2, usageType: [DIRECT_NUMBER, MAIN_COMPANY_NUMBER]) { nodes { usageType } pageInfo { hasNextPage } } } }`,
  );
  expect(errors).toEqual([]);
  expect(data.extension.phoneNumbers.nodes.length).toBeGreaterThan(0);
  for (const { usageType } of data.extension.phoneNumbers.nodes) {
    expect(['DIRECT_NUMBER', 'MAIN_COMPANY_NUMBER']).toContain(usageType);
  }
  const call = theCall('listExtensionPhoneNumbers');
  expect(call.path).toBe(`${base()}/phone-number`);
  expect(call.query).toBe('page=1&perPage=2&usageType=DirectNumber&usageType=MainCompanyNumber');
});

it('reads a phone number of the account', async () => {
  const [record] = await someIds('phoneNumbers(first: 5)', 1);
  const { data, errors } = await gateway.query(
    'query ($account: ID!, $id: ID!) { phoneNumber(accountId: $account, resourceId: $id) { id resourceId label } }',
    { variables: { account, id: record?.resourceId } },
  );
  expect(errors).toEqual([]);
  expect(data.phoneNumber).toEqual(record);
  expect(theCall('loadAccountPhoneNumber').path).toBe(
    `/restapi/v1.0/account/${account}/phone-number/${record?.resourceId ?? ''}`,
  );
});

it('parses phone numbers', async () => {
  const strings = ['(650) 555-0100', '+442071234567'];
  const { data, errors } = await gateway.query(
    'query ($strings: [String!]!) { parsePhoneNumbers(originalStrings: $strings, homeCountry: "US", nationalAsPriority: true) { homeCountry { isoCode } phoneNumbers { originalString e164 } } }',
    { variables: { strings } },
  );
  expect(errors).toEqual([]);
  expect(data.parsePhoneNumbers.homeCountry).toEqual({ isoCode: 'US' });
  expect(data.parsePhoneNumbers.phoneNumbers).toEqual([
    { originalString: strings[0], e164: '+16505550100' },
    { originalString: strings[1], e164: '+442071234567' },
  ]);
  const call = theCall('parsePhoneNumber');
  expect(call).toMatchObject({
    method: 'POST',
    path: '/restapi/v1.0/number-parser/parse',
    query: 'homeCountry=US&nationalAsPriority=true',
  });
  expect(JSON.parse(call.body)).toEqual({ originalStrings: strings });
});
