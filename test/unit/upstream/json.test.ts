import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRecord, parseJson } from '../../../src/upstream/json.js';

describe('parseJson', () => {
  it.each([
    ['{"id":8234962969801171948}', { id: '8234962969801171948' }],
    ['{"id": -8234962969801171948 }', { id: '-8234962969801171948' }],
    ['[1234567890123456,1234567890123457]', ['1234567890123456', '1234567890123457']],
    ['9007199254740993', '9007199254740993'],
    ['{"a":\n12345678901234567\n}', { a: '12345678901234567' }],
  ])('keeps every digit of a long integer: %s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  it.each([
    '{"id":123456789012345}',
    '{"id":2447722008,"uri":"/message-store/8234962969801171948"}',
    '[0.1234567890123456789, 1.5e+0000000000000001]',
    '{"note":"id: 1234567890123456, \\"id\\":8234962969801171948"}',
    '{"a\\\\":"1234567890123456","b":[" 1234567890123456"]}',
  ])('leaves all else as JSON.parse has it: %s', (text) => {
    expect(parseJson(text)).toEqual(JSON.parse(text));
  });

  it('tells long integers from the same digits in a string', () => {
    expect(parseJson('{"text":", 8234962969801171948","id":8234962969801171948}')).toEqual({
      text: ', 8234962969801171948',
      id: '8234962969801171948',
    });
  });

  it.each([
    '',
    '{',
    '{"id":8234962969801171948',
    '{8234962969801171948:1}',
    '01234567890123456789',
    '<html>',
  ])('refuses what is no JSON: %s', (text) => {
    expect(() => parseJson(text)).toThrow(SyntaxError);
  });

  it('gives a key named __proto__ no power', () => {
    const value = parseJson('{"__proto__":{"id":1}}');
    expect(isRecord(value) && value['id']).toBeUndefined();
  });

  it('reads any value back as it was written, with its long integers as text', () => {
    const integer = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n });
    const json = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        integer,
        fc.string(),
        fc.constantFrom(' 1234567890123456', '\u2028☕', '"', '\\', '\\"', null, true, 0.5),
        fc.array(tie('value'), { maxLength: 5 }),
        fc.dictionary(fc.string(), tie('value'), { maxKeys: 5, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(json, (value) => {
        expect(parseJson(write(value))).toEqual(expected(value));
      }),
      { numRuns: 300 },
    );
  });

  it('throws exactly where JSON.parse does', () => {
    const token = fc.constantFrom(
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '1234567890123456',
      '1',
      '-',
      '.',
      'e',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 12 }), (tokens) => {
        const text = tokens.join('');
        expect(isJson(() => parseJson(text))).toBe(isJson(() => JSON.parse(text)));
      }),
      { numRuns: 3000 },
    );
  });
});

function write(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(write).join(', ')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}:${write(entry)}`);
  return `{${members.join(',')}}`;
}

function expected(value: unknown): unknown {
  if (typeof value === 'bigint') return /\d{16}/.test(String(value)) ? String(value) : Number(value);
  if (Array.isArray(value)) return value.map(expected);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, expected(entry)]));
}

function isJson(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    return false;
  }
}
