import { describe, expect, it } from 'vitest';
import { toForwardingNumber, toForwardingNumberBody } from '../../../src/domains/forwarding-number/mapper.js';

const OWNER = { accountId: '~', extensionId: '200' };
const URI = 'https://platform.ringcentral.com/restapi/v1.0/account/1/extension/2/forwarding-number/417';
const ignore = () => undefined;

const FULL = {
  id: '417',
  uri: URI,
  phoneNumber: '+16505550100',
  label: 'Boat',
  type: 'PhoneLine',
  features: ['CallFlip', 'CallForwarding'],
  flipNumber: '3',
  device: { id: '9' },
  extension: { id: '300', name: 'Somebody else', extensionNumber: '103' },
};
const MODEL = {
  __typename: 'ForwardingNumber',
  owner: OWNER,
  uri: URI,
  resourceId: '417',
  phoneNumber: '+16505550100',
  label: 'Boat',
  type: 'PHONE_LINE',
  features: ['CALL_FLIP', 'CALL_FORWARDING'],
  flipNumber: '3',
};
const EMPTY = {
  ...MODEL,
  uri: undefined,
  phoneNumber: null,
  label: null,
  type: null,
  features: null,
  flipNumber: null,
};

describe('a forwarding number', () => {
  it.each<[string, object, object]>([
    ['full', FULL, MODEL],
    [
      'odd',
      { id: 417, label: '', type: 'ExternalCarrier', features: ['CallFlip', 'New', null], flipNumber: 3 },
      { ...EMPTY, type: 'UNKNOWN', features: ['CALL_FLIP', 'UNKNOWN'], flipNumber: '3' },
    ],
    ['without a sensible value', { id: '417', phoneNumber: [], label: {}, features: 'CallFlip' }, EMPTY],
    ['with an id alone', { id: '417' }, EMPTY],
  ])('that is %s', (_, json, model) => {
    expect(toForwardingNumber({ ...json }, OWNER, ignore)).toEqual(model);
  });

  it('without an id has the one that it was asked for by, else its URI’s', () => {
    expect(toForwardingNumber({ uri: URI }, OWNER, ignore, 'asked').resourceId).toBe('asked');
    expect(toForwardingNumber({ uri: URI }, OWNER, ignore).resourceId).toBe('417');
    expect(() => toForwardingNumber({}, OWNER, ignore)).toThrow(/without an id/);
  });
});

describe('the body of a PUT', () => {
  const all = { phoneNumber: '+16505550100', label: 'Boat', flipNumber: '3', type: 'PhoneLine' };
  it.each<[string, Parameters<typeof toForwardingNumberBody>[1], object]>([
    ['nothing', {}, all],
    ['a number', { phoneNumber: '+1' }, { ...all, phoneNumber: '+1' }],
    ['a label', { label: 'x' }, { ...all, label: 'x' }],
    ['a type', { type: 'Home' }, { ...all, type: 'Home' }],
    ['a flip number', { flipNumber: '7' }, { ...all, flipNumber: '7' }],
  ])('that names %s keeps the rest', (_, patch, body) => {
    expect(toForwardingNumberBody(FULL, patch)).toEqual(body);
  });

  it('that clears the label leaves it out, and writes as text a flip number that is held as an integer', () => {
    expect(toForwardingNumberBody({ ...FULL, flipNumber: 3 }, { label: null })).toEqual({
      phoneNumber: '+16505550100',
      flipNumber: '3',
      type: 'PhoneLine',
    });
  });
});
