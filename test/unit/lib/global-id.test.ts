import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGlobalId, encodeGlobalId } from '../../../src/lib/global-id.js';
import { isPathSegment } from '../../../src/lib/path-segment.js';

const segment = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter(isPathSegment);

describe('a global id', () => {
  it('gives back what it was made of, whatever the parts', () => {
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (parts) => {
        const id = encodeGlobalId('BlockedNumber.CALLER_BLOCKING', parts);
        expect(id).toMatch(/^[\w-]+$/);
        expect(decodeGlobalId(id)).toEqual({ type: 'BlockedNumber.CALLER_BLOCKING', parts });
      }),
      { numRuns: 1000 },
    );
  });

  it('is unique over types and parts', () => {
    const ids = [
      encodeGlobalId('PhoneNumber', ['1', '2']),
      encodeGlobalId('PhoneNumber', ['12']),
      encodeGlobalId('Extension', ['1', '2']),
      encodeGlobalId('PhoneNumber', ['2', '1']),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is refused when any text decodes but is not what we write', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const decoded = decodeGlobalId(text);
        if (decoded !== undefined) expect(encodeGlobalId(decoded.type, decoded.parts)).toBe(text);
      }),
      { numRuns: 2000 },
    );
    for (const text of ['', '=', 'YQ==', 'YR', 'not base64!', 'QUJD', 'A'.repeat(1_000_000)]) {
      expect(decodeGlobalId(text)).toBeUndefined();
    }
  });
});

describe('a path segment', () => {
  it.each([
    '',
    '.',
    '..',
    '*',
    'a,b',
    'a/b',
    'a?b',
    'a#b',
    'a\nb',
    'a\u0000',
    'a\u007F',
    '\uD800',
    'x'.repeat(129),
  ])('refuses %j', (text) => {
    expect(isPathSegment(text)).toBe(false);
  });

  it.each(['299282004', 'MTcxNzk2NjUwMDQ', '~', 'a b', '%2e%2e', '...', 'ü', 'a;b', 'x'.repeat(128)])(
    'takes %j',
    (text) => {
      expect(isPathSegment(text)).toBe(true);
    },
  );
});
