import { describe, expect, it } from 'vitest';
import { toExtensionFields } from '../../../src/domains/extension/mapper.js';

const ignore = () => undefined;

const CONTACT = {
  firstName: 'Ann',
  lastName: 'Archer',
  name: 'Ann Archer',
  company: 'Acme',
  jobTitle: 'Pilot',
  email: 'ann@example.com',
  businessPhone: '+16505550100',
  mobilePhone: '+16505550101',
  department: 'Sales',
  emailAsLoginName: false,
  businessAddress: { street: '1 Main St', city: 'Belmont', state: 'CA', zip: '94002', country: 'USA' },
  pronouncedName: { type: 'TextToSpeech', text: 'Anne' },
};
const FULL = {
  id: 200,
  uri: '/restapi/v1.0/account/1/extension/200',
  account: { id: '1' },
  extensionNumber: '102',
  name: 'Ann A.',
  type: 'DigitalUser',
  status: 'NotActivated',
  contact: CONTACT,
};
const EMPTY = { extensionNumber: null, name: null, type: null, status: null, contact: null };
const EMPTY_CONTACT = {
  firstName: null,
  lastName: null,
  name: null,
  company: null,
  jobTitle: null,
  email: null,
  businessPhone: null,
  mobilePhone: null,
  department: null,
  emailAsLoginName: null,
  businessAddress: null,
  pronouncedName: null,
};

describe('an extension', () => {
  it.each<[string, object, object]>([
    [
      'full',
      FULL,
      {
        extensionNumber: '102',
        name: 'Ann A.',
        type: 'DIGITAL_USER',
        status: 'NOT_ACTIVATED',
        contact: { ...CONTACT, pronouncedName: { type: 'TEXT_TO_SPEECH', text: 'Anne' } },
      },
    ],
    [
      'odd',
      { extensionNumber: 102, name: {}, type: 'Unknown', status: 'New', contact: [] },
      { ...EMPTY, extensionNumber: '102', type: 'UNKNOWN', status: 'UNKNOWN' },
    ],
    ['empty', {}, EMPTY],
  ])('that is %s', (_, json, fields) => {
    expect(toExtensionFields({ ...json }, ignore)).toEqual(fields);
  });
});

describe('a contact', () => {
  it.each<[string, object, object]>([
    ['empty', {}, EMPTY_CONTACT],
    [
      'odd',
      { firstName: [], emailAsLoginName: 'true', businessAddress: 'x', pronouncedName: [] },
      EMPTY_CONTACT,
    ],
    [
      'with empty parts',
      { businessAddress: {}, pronouncedName: {} },
      {
        ...EMPTY_CONTACT,
        businessAddress: { street: null, city: null, state: null, zip: null, country: null },
        pronouncedName: { type: null, text: null },
      },
    ],
    [
      'with odd parts',
      { businessAddress: { zip: 94002 }, pronouncedName: { type: 'Sung' } },
      {
        ...EMPTY_CONTACT,
        businessAddress: { street: null, city: null, state: null, zip: '94002', country: null },
        pronouncedName: { type: 'UNKNOWN', text: null },
      },
    ],
  ])('that is %s', (_, contact, fields) => {
    expect(toExtensionFields({ contact }, ignore).contact).toEqual(fields);
  });
});
