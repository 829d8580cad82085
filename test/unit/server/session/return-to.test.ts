import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReturnTo } from '../../../../src/server/session/return-to.js';

const OWN = 'https://app.example.com';

describe('where a login returns to', () => {
  it.each(['/', '/graphql', '/a/b?c=d&e=%2F#f', '/@user:x', '/?u=https://elsewhere.example'])(
    'is %s',
    (path) => {
      expect(parseReturnTo(path, OWN)).toBe(OWN + path);
    },
  );

  it.each([
    undefined,
    '',
    ['/a', '/b'],
    'graphql',
    'https://elsewhere.example/',
    'javascript:alert(1)',
    '//elsewhere.example',
    '///elsewhere.example',
    '/\\elsewhere.example',
    '\\\\elsewhere.example',
    '/a\\..\\..\\elsewhere.example',
    '/\t/elsewhere.example',
    '/a\r\nSet-Cookie: b=c',
    '/a\u0000',
    ' /a',
    '/\u2028',
    '/\uff0felsewhere.example',
    '@elsewhere.example',
    '.elsewhere.example',
    ':80/',
    `/${'a'.repeat(1024)}`,
  ])('is the front page for %j', (value) => {
    expect(parseReturnTo(value, OWN)).toBe(`${OWN}/`);
  });

  it.each([
    '/.//elsewhere.example',
    '/..//elsewhere.example',
    '/%2e//elsewhere.example',
    '/a/../..//elsewhere.example',
  ])('stays on its own origin for %s, which becomes two slashes once it is normalised', (value) => {
    expect(new URL(parseReturnTo(value, OWN)).origin).toBe(OWN);
  });

  it('is on its own origin whatever is asked for', () => {
    const hostile = fc.array(
      fc.constantFrom(
        '/',
        '\\',
        '.',
        '..',
        '@',
        ':',
        '%2f',
        '%5c',
        'elsewhere.example',
        'https:',
        '\t',
        '\n',
        '?',
        '#',
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          hostile.map((parts) => parts.join('')),
          hostile.map((parts) => `/${parts.join('')}`),
        ),
        (value) => {
          const result = parseReturnTo(value, OWN);
          // As a browser would follow it from a page of another site.
          expect(new URL(result, 'https://elsewhere.example/page').origin).toBe(OWN);
          expect(result).toMatch(/^[\x21-\x7e]+$/);
        },
      ),
      { numRuns: 5000 },
    );
  });
});
