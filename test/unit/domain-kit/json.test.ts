import { describe, expect, it } from 'vitest';
import { toCountry } from '../../../src/domain-kit/country.js';
import { toCount, toFlag, toId, toLabel, toText, withoutNulls } from '../../../src/domain-kit/json.js';

const ODD = [undefined, null, {}, []];

describe('what upstream’s JSON holds is read leniently', () => {
  it.each<[string, (value: unknown) => unknown, [unknown, unknown][]]>([
    [
      'a text',
      toText,
      [
        ['a', 'a'],
        ['', ''],
        [5, '5'],
        [0, '0'],
        [true, 'true'],
        [false, 'false'],
      ],
    ],
    [
      'a label',
      toLabel,
      [
        ['a', 'a'],
        ['', null],
        [0, '0'],
      ],
    ],
    [
      'a flag',
      toFlag,
      [
        [true, true],
        [false, false],
        ['true', null],
        [1, null],
      ],
    ],
    [
      'a count',
      toCount,
      [
        [0, 0],
        [7, 7],
        [-1, null],
        [1.5, null],
        [2 ** 53, null],
        ['7', null],
        [NaN, null],
      ],
    ],
    [
      'an id',
      toId,
      [
        ['a', 'a'],
        [7, '7'],
        [0, '0'],
        ['', null],
        [1.5, null],
        [2 ** 53, null],
        [true, null],
      ],
    ],
  ])('%s', (_, read, values) => {
    for (const [value, expected] of values) expect(read(value), String(value)).toBe(expected);
    for (const value of ODD) expect(read(value)).toBeNull();
  });

  it('an object without what has no value', () => {
    expect(withoutNulls({ a: 1, b: null, c: undefined, d: '', e: false, f: 0 })).toEqual({
      a: 1,
      d: '',
      e: false,
      f: 0,
    });
  });
});

describe('a country', () => {
  const full = { id: '1', uri: '/country/1', callingCode: '44', isoCode: 'GB', name: 'United Kingdom' };
  const empty = { id: null, uri: null, callingCode: null, isoCode: null, name: null };
  it.each<[string, unknown, object | null]>([
    ['full', full, full],
    ['odd', { id: 1, uri: [], callingCode: 44 }, { ...empty, id: '1', callingCode: '44' }],
    ['empty', {}, empty],
    ['a list', [full], null],
    ['a text', 'GB', null],
    ['nothing', undefined, null],
  ])('that is %s', (_, json, country) => {
    expect(toCountry(json)).toEqual(country);
  });
});
