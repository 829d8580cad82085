import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCookies, toSetCookie } from '../../../../src/server/session/cookies.js';

describe('reading cookies', () => {
  it('finds each by its name', () => {
    const cookies = parseCookies('a=1; __Host-b=x.y_z; empty=');
    expect([cookies.get('a'), cookies.get('__Host-b'), cookies.get('empty')]).toEqual(['1', 'x.y_z', '']);
    expect(cookies.get('c')).toBeUndefined();
    expect(cookies.has('c')).toBe(false);
  });

  it('trusts neither of two cookies of one name, and still says that one came', () => {
    const cookies = parseCookies('id=mine; id=planted');
    expect(cookies.get('id')).toBeUndefined();
    expect(cookies.has('id')).toBe(true);
  });

  it.each(['a="quoted"', 'a=b c', 'a=b,c', 'a=b\\c', 'a=\u00e9', 'a=b\tc'])(
    'has no value for %j, which breaks the grammar',
    (header) => {
      expect(parseCookies(header).get('a')).toBeUndefined();
      expect(parseCookies(header).has('a')).toBe(true);
    },
  );

  it('takes names of Object.prototype as names', () => {
    const cookies = parseCookies('__proto__=1; constructor=2');
    expect([cookies.get('__proto__'), cookies.get('constructor')]).toEqual(['1', '2']);
    expect(cookies.get('toString')).toBeUndefined();
  });

  it('survives any header', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ maxLength: 10 }),
        (header, name) => {
          const value = parseCookies(header).get(name);
          expect(value === undefined || /^[\x21-\x7e]*$/.test(value)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('writing cookies', () => {
  it('keeps them from scripts and other hosts', () => {
    expect(toSetCookie('__Host-a', 'b', { secure: true, sameSite: 'Strict' })).toBe(
      '__Host-a=b; Path=/; HttpOnly; SameSite=Strict; Secure',
    );
    expect(toSetCookie('a', '', { secure: false, sameSite: 'Lax', maxAgeSeconds: 0 })).toBe(
      'a=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
    );
  });

  it.each([
    ['a', 'b\r\nSet-Cookie: c=d'],
    ['a', 'b; Domain=example.com'],
    ['a;b', 'c'],
    ['', 'c'],
  ])('refuses %j=%j rather than write a second header or attribute', (name, value) => {
    expect(() => toSetCookie(name, value, { secure: true, sameSite: 'Lax' })).toThrow(TypeError);
  });
});
