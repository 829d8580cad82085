import { describe, expect, it } from 'vitest';
import { toParsedPhoneNumbers } from '../../../src/domains/number-parser/mapper.js';

/** Whose answer each string got: an `e164`, or an error's code. */
const whose = (strings: readonly string[], phoneNumbers: unknown) =>
  toParsedPhoneNumbers({ phoneNumbers }, strings).map((parsed) =>
    parsed instanceof Error ? parsed.code : parsed.e164,
  );
const NONE = 'UPSTREAM_INVALID_RESPONSE';

describe('each string gets its own answer or none', () => {
  it.each<[string, unknown, (string | null)[]]>([
    [
      'by name in another order',
      [
        { originalString: 'b', e164: 'of b' },
        { originalString: 'a', e164: 'of a' },
      ],
      ['of a', 'of b'],
    ],
    ['by position where nothing is named', [{ e164: 'of a' }, { e164: 'of b' }], ['of a', 'of b']],
    [
      'by position where a name is none of the strings',
      [
        { originalString: 'A', e164: 'of a' },
        { originalString: 'b', e164: 'of b' },
      ],
      ['of a', 'of b'],
    ],
    [
      'never by the position of one that is named',
      [
        { originalString: 'b', e164: 'of b' },
        { originalString: '?', e164: 'of whom' },
      ],
      [NONE, 'of b'],
    ],
    [
      'the first of two of a name',
      [
        { originalString: 'a', e164: 'of a' },
        { originalString: 'a', e164: 'again' },
      ],
      ['of a', NONE],
    ],
    [
      'nothing by position beside a malformed entry too many',
      [null, { e164: 'x' }, { e164: 'y' }],
      [NONE, NONE],
    ],
    ['the malformed entry in its place', [null, { e164: 'of b' }], [NONE, 'of b']],
    ['nothing by position where entries are missing', [{ e164: 'of whom' }], [NONE, NONE]],
    ['nothing of no entries', [], [NONE, NONE]],
    ['nothing of what is no list', { a: { e164: 'x' } }, [NONE, NONE]],
    ['nothing of nothing', undefined, [NONE, NONE]],
  ])('%s', (_, phoneNumbers, answers) => {
    expect(whose(['a', 'b'], phoneNumbers)).toEqual(answers);
  });

  it('an empty string too', () => {
    expect(whose(['', 'b'], [{ e164: 'of none' }, { originalString: 'b', e164: 'of b' }])).toEqual([
      'of none',
      'of b',
    ]);
  });
});

const EMPTY = {
  originalString: 'asked',
  country: null,
  areaCode: null,
  dialable: null,
  e164: null,
  formattedInternational: null,
  formattedNational: null,
  special: null,
  normalized: null,
  tollFree: null,
  subAddress: null,
  subscriberNumber: null,
  dtmfPostfix: null,
};

const FULL = {
  originalString: 'asked',
  country: { id: '1', uri: '/country/1', callingCode: '44', isoCode: 'GB', name: 'United Kingdom' },
  areaCode: '20',
  dialable: '442079460001',
  e164: '+442079460002',
  formattedInternational: '+44 20 7946 0003',
  formattedNational: '020 7946 0004',
  special: false,
  normalized: '442079460005*9',
  tollFree: true,
  subAddress: '9',
  subscriberNumber: '79460006',
  dtmfPostfix: ',,1',
};

describe('an entry', () => {
  it.each<[string, object, object]>([
    ['full', FULL, FULL],
    [
      'odd',
      { originalString: 'asked', country: [], areaCode: 20, e164: {}, special: 'true', tollFree: 1 },
      { areaCode: '20' },
    ],
    ['empty', {}, {}],
  ])('that is %s has what it tells under the same names, and null for the rest', (_, entry, told) => {
    expect(toParsedPhoneNumbers({ phoneNumbers: [entry] }, ['asked'])).toEqual([{ ...EMPTY, ...told }]);
  });
});
