import { describe, expect, it } from 'vitest';
import { toBlockedNumber, toBlockedNumberBody } from '../../../src/domains/blocked-number/mapper.js';

const OWNER = { accountId: '~', extensionId: '200' };
const URI =
  'https://platform.ringcentral.com/restapi/v1.0/account/1/extension/2/caller-blocking/phone-numbers/MTc';
const ignore = () => undefined;

const FULL = { id: 'MTc', uri: URI, phoneNumber: '+16505550100', label: 'Sells', status: 'Allowed' };
const MODEL = {
  __typename: 'BlockedNumber',
  owner: OWNER,
  source: 'CALLER_BLOCKING',
  uri: URI,
  resourceId: 'MTc',
  phoneNumber: '+16505550100',
  label: 'Sells',
  status: 'ALLOWED',
};
const EMPTY = { ...MODEL, uri: undefined, phoneNumber: null, label: null, status: null };

describe('an entry of the caller-blocking family', () => {
  it.each<[string, object, object]>([
    ['full', FULL, MODEL],
    ['with the old family’s name', { ...FULL, name: 'Old' }, MODEL],
    [
      'odd',
      { id: 17, uri: 5, phoneNumber: 16505550100, label: '', status: [] },
      {
        ...EMPTY,
        uri: 5,
        resourceId: '17',
        phoneNumber: '16505550100',
        status: 'UNKNOWN',
      },
    ],
    ['without a sensible value', { id: 'MTc', phoneNumber: {}, label: [], status: null }, EMPTY],
    ['with an id alone', { id: 'MTc' }, EMPTY],
  ])('that is %s', (_, json, model) => {
    expect(toBlockedNumber({ ...json }, OWNER, 'CALLER_BLOCKING', ignore)).toEqual(model);
  });

  it('has its own id before the one that it was asked for by, and that before its URI’s', () => {
    const idOf = (json: object, askedId?: string) =>
      toBlockedNumber({ ...json }, OWNER, 'CALLER_BLOCKING', ignore, askedId).resourceId;
    expect(idOf(FULL, 'asked')).toBe('MTc');
    expect(idOf({ uri: URI }, 'asked')).toBe('asked');
    expect(idOf({ uri: URI })).toBe('MTc');
    for (const json of [
      {},
      { id: null },
      { id: {} },
      { uri: '' },
      { uri: '/a/~' },
      { uri: '/a/%2C' },
      { uri: 7 },
    ]) {
      expect(() => idOf(json)).toThrow(expect.objectContaining({ code: 'UPSTREAM_INVALID_RESPONSE' }));
    }
  });
});

describe('an entry of the old family', () => {
  it.each<[string, object, object]>([
    [
      'full',
      { id: 'MTc', uri: URI, phoneNumber: '+16505550100', name: 'Sells' },
      { ...MODEL, status: 'BLOCKED' },
    ],
    [
      'with the other family’s fields',
      { id: 'MTc', label: 'New', status: 'Allowed' },
      { ...EMPTY, status: 'BLOCKED' },
    ],
  ])('that is %s', (_, json, model) => {
    expect(toBlockedNumber({ ...json }, OWNER, 'BLOCKED_NUMBER', ignore)).toEqual({
      ...model,
      source: 'BLOCKED_NUMBER',
    });
  });
});

describe('the body of a PUT', () => {
  const held = { ...FULL, extra: 'x' };
  it.each<[string, Parameters<typeof toBlockedNumberBody>[1], object]>([
    ['nothing', {}, { phoneNumber: '+16505550100', label: 'Sells', status: 'Allowed' }],
    ['a number', { phoneNumber: '+1' }, { phoneNumber: '+1', label: 'Sells', status: 'Allowed' }],
    ['a label', { label: 'x' }, { phoneNumber: '+16505550100', label: 'x', status: 'Allowed' }],
    ['no label', { label: null }, { phoneNumber: '+16505550100', status: 'Allowed' }],
    ['a status', { status: 'Blocked' }, { phoneNumber: '+16505550100', label: 'Sells', status: 'Blocked' }],
  ])('that names %s keeps the rest', (_, patch, body) => {
    expect(toBlockedNumberBody(held, patch)).toEqual(body);
  });
});
