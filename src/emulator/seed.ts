import {
  ALL_PERMISSIONS,
  toBlockedId,
  type Account,
  type Extension,
  type Json,
  type PhoneNumber,
  type State,
} from './state.js';

/** Fictional people and numbers, the same at every start; some records are odd on purpose. */
export const ACCOUNT = '401900100008';
export const OTHER_ACCOUNT = '401900200008';
export const DEMO_EXTENSION = '401900101008';
const COLLEAGUE = '401900102008';

export const TOKENS = {
  user: 'demo-token-ann',
  readOnly: 'demo-token-read-only',
  noPermissions: 'demo-token-no-permissions',
  otherUser: 'demo-token-bob',
  otherAccount: 'demo-token-other-account',
} as const;

const USAGE_TYPES = [
  'DirectNumber',
  'CompanyNumber',
  'MainCompanyNumber',
  'ForwardedNumber',
  'CompanyFaxNumber',
  'ELIN',
  'HologramNumber',
];
const FEATURES = [
  ['CallerId', 'SmsSender', 'MmsSender'],
  ['CallerId'],
  ['CallerId', 'A2PSmsSender', 'TelepathySender'],
  [],
];
const COUNTRY = {
  id: '1',
  uri: 'https://platform.ringcentral.com/restapi/v1.0/dictionary/country/1',
  name: 'United States',
};

const digits = (number: number) => String(number).padStart(4, '0');

export function createSeed(): State {
  const accounts = new Map([ACCOUNT, OTHER_ACCOUNT].map((id) => [id, createAccount(id)]));
  const everything = { permissions: ALL_PERMISSIONS, seesAll: true };
  const readOnly = new Set([...ALL_PERMISSIONS].filter((name) => name.startsWith('Read')));
  const own = { accountId: ACCOUNT, extensionId: DEMO_EXTENSION };
  return {
    accounts,
    grants: new Map([
      [TOKENS.user, { ...own, ...everything }],
      [TOKENS.readOnly, { ...own, permissions: readOnly, seesAll: true }],
      [TOKENS.noPermissions, { ...own, permissions: new Set(), seesAll: false }],
      [
        TOKENS.otherUser,
        { accountId: ACCOUNT, extensionId: COLLEAGUE, permissions: ALL_PERMISSIONS, seesAll: false },
      ],
      [TOKENS.otherAccount, { accountId: OTHER_ACCOUNT, extensionId: '401900201008', ...everything }],
    ]),
  };
}

function createAccount(id: string): Account {
  const prefix = id.slice(0, 7);
  const people: [string, Json][] = [
    ['01', person('101', 'Ann', 'Archer', 'User')],
    ['02', person('102', 'Bob', 'Baker', 'User')],
    ['03', { extensionNumber: '200', name: 'Support', type: 'Department', status: 'Enabled' }],
    ['04', { extensionNumber: '300', name: 'Welcome', type: 'IvrMenu', status: 'Enabled' }],
    ['05', { extensionNumber: '400', name: 'Lobby', type: 'Limited', status: 'NotActivated' }],
    ['06', { name: 'Robot', type: 'Hologram', status: 'Dreaming', extensionNumber: 500 }],
    ['07', { name: null, type: 'Site', status: 'Enabled' }],
  ];
  const extensions = people.map(([suffix, fields], index) =>
    createExtension(`${prefix}${suffix}008`, fields, index),
  );
  const account: Account = {
    id,
    extensions: new Map(extensions.map((extension) => [extension.id, extension])),
    phoneNumbers: new Map(),
  };
  for (let index = 0; index < 150; index += 1) {
    const number = createPhoneNumber(account, index);
    account.phoneNumbers.set(number.id, number);
    for (const [place, extension] of extensions.entries()) {
      extension.features.set(number.id, FEATURES[(index + place) % FEATURES.length] ?? []);
    }
  }
  return account;
}

function person(extensionNumber: string, firstName: string, lastName: string, type: string): Json {
  const name = `${firstName} ${lastName}`;
  const email = `${firstName}.${lastName}@example.com`.toLowerCase();
  return {
    extensionNumber,
    name,
    type,
    status: 'Enabled',
    contact: {
      firstName,
      lastName,
      name,
      email,
      company: 'Example Ltd',
      jobTitle: 'Engineer',
      businessPhone: '+16505550101',
      businessAddress: {
        country: 'United States',
        state: 'CA',
        city: 'Belmont',
        street: '1 Main Street',
        zip: '94002',
      },
      emailAsLoginName: true,
      pronouncedName: { type: 'Default', text: name },
    },
  };
}

function createExtension(id: string, fields: Json, place: number): Extension {
  const extension: Extension = {
    id,
    fields,
    blocked: new Map(),
    forwarding: new Map(),
    features: new Map(),
    nextForwardingId: 417_276_280_000 + place * 1000,
  };
  for (let index = 0; index < 40; index += 1) {
    // The first ten numbers are blocked by everybody, so that one id stands in several extensions.
    const phoneNumber = `+1650555${digits(index < 10 ? 100 + index : 200 + place * 40 + index)}`;
    const blockedId = toBlockedId(phoneNumber);
    extension.blocked.set(blockedId, {
      id: blockedId,
      phoneNumber,
      ...(index % 7 !== 6 && {
        label: index % 11 === 10 ? '' : `Caller ${String(index)} of ${String(fields['name'])}`,
      }),
      ...(index % 13 !== 12 && {
        status: index === 5 ? 'Quarantined' : index % 4 === 3 ? 'Allowed' : 'Blocked',
      }),
    });
  }
  const types = ['Home', 'Mobile', 'Work', 'PhoneLine', 'Other', 'Pager'];
  for (let index = 0; index < 12; index += 1) {
    const forwardingId = String((extension.nextForwardingId += 4));
    const type = types[index % types.length];
    extension.forwarding.set(forwardingId, {
      id: forwardingId,
      fields: {
        phoneNumber: `+1650555${digits(600 + place * 20 + index)}`,
        ...(index !== 4 && {
          label: type === 'PhoneLine' ? 'Desk phone' : `My ${String(type)} ${String(index)}`,
        }),
        ...(index !== 7 && { type }),
        features: index % 2 === 0 ? ['CallFlip', 'CallForwarding'] : ['CallForwarding'],
        flipNumber: index % 3 === 0 ? index : String(index),
        ...(type === 'PhoneLine' && { device: { id: `${forwardingId}9` } }),
        ...(index === 2 && { extension: { id: '1', name: 'Somebody else', extensionNumber: '999' } }),
      },
    });
  }
  return extension;
}

function createPhoneNumber(account: Account, index: number): PhoneNumber {
  const extensions = [...account.extensions.values()];
  const company = index % 5 === 0;
  const extension = company ? undefined : extensions[index % extensions.length];
  const id = 299_282_000 + index + (account.id === OTHER_ACCOUNT ? 1000 : 0);
  return {
    id: String(id),
    extensionId: extension?.id,
    fields: {
      id,
      phoneNumber: `+1650555${digits(1000 + index)}`,
      paymentType: index % 7 === 0 ? 'TollFree' : 'Local',
      location: index % 3 === 0 ? 'Belmont, CA' : 'San Mateo, CA',
      type: index % 9 === 8 ? null : 'VoiceFax',
      usageType: company
        ? index === 0
          ? 'MainCompanyNumber'
          : 'CompanyNumber'
        : USAGE_TYPES[index % USAGE_TYPES.length],
      status: index % 11 === 10 ? 'PortedIn' : 'Normal',
      ...(index % 4 !== 3 && { label: `Line ${String(index)}` }),
      ...(index % 6 !== 5 && { primary: index === 0 }),
      callerIdName: 'Example Ltd',
      country: COUNTRY,
    },
  };
}
