import { describe, expect, it } from 'vitest';
import { toPhoneNumber } from '../../../src/domains/phone-number/mapper.js';

const URI = 'https://platform.ringcentral.com/restapi/v1.0/account/1/phone-number/299';
const EXTENSION_URI = 'https://platform.ringcentral.com/restapi/v1.0/account/1/extension/200';
const ignore = () => undefined;

const FULL = {
  id: 299,
  uri: URI,
  phoneNumber: '+16505550100',
  label: 'Front desk',
  location: 'Belmont, CA',
  primary: true,
  callerIdName: 'Acme',
  type: 'VoiceOnly',
  usageType: 'DirectNumber',
  paymentType: 'ExternalNumberProvider',
  status: 'PortedIn',
  subType: 'Local',
  country: { id: '1', uri: '/country/1', name: 'United States' },
  extension: {
    id: 200,
    uri: EXTENSION_URI,
    extensionNumber: '102',
    name: 'Ann',
    type: 'Department',
    partnerId: '9',
  },
};
const MODEL = {
  __typename: 'PhoneNumber',
  owner: { accountId: '~' },
  uri: URI,
  resourceId: '299',
  phoneNumber: '+16505550100',
  label: 'Front desk',
  location: 'Belmont, CA',
  primary: true,
  callerIdName: 'Acme',
  type: 'VOICE_ONLY',
  usageType: 'DIRECT_NUMBER',
  paymentType: 'EXTERNAL_NUMBER_PROVIDER',
  status: 'PORTED_IN',
  country: { id: '1', uri: '/country/1', callingCode: null, isoCode: null, name: 'United States' },
  assignedTo: {
    extensionId: '200',
    uri: EXTENSION_URI,
    known: { extensionNumber: '102', name: 'Ann', type: 'DEPARTMENT' },
  },
};
const EMPTY = {
  __typename: 'PhoneNumber',
  owner: { accountId: '~' },
  uri: undefined,
  resourceId: '299',
  phoneNumber: null,
  label: null,
  location: null,
  primary: null,
  callerIdName: null,
  type: null,
  usageType: null,
  paymentType: null,
  status: null,
  country: null,
  assignedTo: null,
};

describe('a phone number', () => {
  it.each<[string, object, object]>([
    ['full', FULL, MODEL],
    [
      'odd',
      {
        id: '299',
        label: '',
        primary: 'true',
        type: 'x',
        usageType: 5,
        paymentType: {},
        status: 'Unknown',
        country: [],
        extension: 'x',
      },
      { ...EMPTY, type: 'UNKNOWN', usageType: 'UNKNOWN', paymentType: 'UNKNOWN', status: 'UNKNOWN' },
    ],
    ['with an id alone', { id: '299' }, EMPTY],
  ])('that is %s', (_, json, model) => {
    expect(toPhoneNumber({ ...json }, '~', ignore)).toEqual(model);
  });

  it('without an id has the one that it was asked for by, else its URI’s', () => {
    expect(toPhoneNumber({ uri: URI }, '~', ignore, 'asked').resourceId).toBe('asked');
    expect(toPhoneNumber({ uri: URI }, '~', ignore).resourceId).toBe('299');
    expect(() => toPhoneNumber({}, '~', ignore)).toThrow(/without an id/);
  });
});

describe('the extension that a number is assigned to', () => {
  it.each<[string, object, object | null]>([
    ['an id alone', { id: 200 }, { extensionId: '200', known: {} }],
    ['an empty name', { id: '200', name: null }, { extensionId: '200', known: { name: null } }],
    ['an unknown type', { id: 200, type: 'New' }, { extensionId: '200', known: { type: 'UNKNOWN' } }],
    ['no id, and a URI', { uri: EXTENSION_URI }, { extensionId: '200', uri: EXTENSION_URI, known: {} }],
    ['no id, and an account’s URI', { uri: '/restapi/v1.0/account/1', name: 'x' }, null],
    ['no id, and a URI of ~', { uri: '/restapi/v1.0/account/1/extension/~' }, null],
    ['neither', { name: 'x' }, null],
  ])('is known by %s', (_, extension, assignedTo) => {
    expect(toPhoneNumber({ id: 1, extension }, '~', ignore).assignedTo).toEqual(assignedTo);
  });
});
