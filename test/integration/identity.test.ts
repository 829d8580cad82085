import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../src/lib/global-id.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const ACCOUNT = '401900100008';
const EXTENSION = '401900101008';
const OTHER = '401900102008';
const EXTENSION_URI = `https://platform.ringcentral.com/restapi/v1.0/account/${ACCOUNT}/extension/${EXTENSION}`;

let gateway: TestGateway;
/** Each case has a caller of its own, who has learnt nothing yet. */
let token: string;
let cases = 0;
beforeAll(async () => {
  gateway = await startGateway({}, { emulator: { syntheticTokens: (marker) => ({ marker }) } });
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.emulator.reset();
  cases += 1;
  token = `caller-${String(cases)}`;
});

const ask = async (query: string) => {
  const { data, errors } = await gateway.query(query, { token });
  expect(errors).toEqual([]);
  return data;
};
const answer = (path: RegExp, body: object) => {
  gateway.emulator.fault({ path, answer: { status: 200, body } });
};
/** The paths of what was sent, from the account on. */
const paths = () => gateway.emulator.journal.map(({ path }) => path.replace(/^.*\/account\//, ''));
const KNOWN = `${ACCOUNT}/extension/${EXTENSION}/caller-blocking/phone-numbers`;

describe('what ~ stands for is learnt', () => {
  it.each([
    ['addBlockedNumber', 'caller-blocking/phone-numbers'],
    ['addForwardingNumber', 'forwarding-number'],
  ])('from the answer to %s', async (mutation, path) => {
    await ask(`mutation { ${mutation}(input: { phoneNumber: "+16505550188" }) { userErrors { code } } }`);
    await ask('{ extension { blockedNumbers { totalCount } } }');
    expect(paths()).toEqual([`~/extension/~/${path}`, KNOWN]);
  });

  it('from the records of a list that has no uri itself', async () => {
    const uri = `${EXTENSION_URI}/caller-blocking/phone-numbers/MTc`;
    answer(/phone-numbers$/, { records: [{ id: 'MTc', uri }] });
    await ask('{ extension { blockedNumbers { nodes { label } } } }');
    await ask('{ extension { blockedNumbers { totalCount } } }');
    expect(paths()).toEqual(['~/extension/~/caller-blocking/phone-numbers', KNOWN]);
  });

  it.each([[[]], [[null]], [[{ id: 'MTc' }]], [[{ id: 'MTc', uri: 7 }]]])(
    'from no list with the records %j',
    async (records) => {
      answer(/phone-numbers$/, { records });
      await ask('{ extension { blockedNumbers { totalCount } } }');
      await ask('{ extension { blockedNumbers { totalCount } } }');
      expect(paths()).toEqual(Array.from({ length: 2 }, () => '~/extension/~/caller-blocking/phone-numbers'));
    },
  );
});

describe('the extension of a phone number', () => {
  const uri = `https://platform.ringcentral.com/restapi/v1.0/account/${ACCOUNT}/phone-number/5`;
  const extensionOf = async (number: object, fields: string) => {
    answer(/\/phone-number\/5$/, { id: 5, ...number });
    const data = await ask(`{ phoneNumber(resourceId: "5") { extension { ${fields} } } }`);
    expect(gateway.calls()).toHaveLength(1);
    return data.phoneNumber.extension;
  };

  it('has the type of the embedded object', async () => {
    const extension = { id: Number(OTHER), type: 'Department', name: 'Sales' };
    expect(await extensionOf({ extension }, 'type name')).toEqual({ type: 'DEPARTMENT', name: 'Sales' });
  });

  it('has its account from the number’s own uri where its own is missing', async () => {
    expect(await extensionOf({ uri, extension: { id: Number(OTHER) } }, 'id accountId resourceId')).toEqual({
      id: encodeGlobalId('Extension', [ACCOUNT, OTHER]),
      accountId: ACCOUNT,
      resourceId: OTHER,
    });
  });

  it('has nothing but the account from a number’s uri that names another extension', async () => {
    const extension = { id: Number(OTHER) };
    expect(await extensionOf({ uri: `${EXTENSION_URI}/phone-number/5`, extension }, 'id')).toEqual({
      id: encodeGlobalId('Extension', [ACCOUNT, OTHER]),
    });
  });

  it('is the one that its uri names where it has no id', async () => {
    expect(await extensionOf({ uri, extension: { uri: EXTENSION_URI } }, 'id')).toEqual({
      id: encodeGlobalId('Extension', [ACCOUNT, EXTENSION]),
    });
  });
});
