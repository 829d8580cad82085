import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundaryAtStart, boundaryOf, readParts } from '../../../src/upstream/multipart.js';

describe('boundaryOf', () => {
  it.each([
    ['multipart/mixed; boundary=Boundary_20_32057915', 'Boundary_20_32057915'],
    ['multipart/mixed;boundary=Boundary_20', 'Boundary_20'],
    ['multipart/mixed; boundary="Boundary 20"', 'Boundary 20'],
    ['multipart/mixed;boundary="a;b=c"', 'a;b=c'],
    ['multipart/mixed; boundary="a\\"b\\\\c"', 'a"b\\c'],
    ['Multipart/Mixed; BOUNDARY=Keep_Case', 'Keep_Case'],
    ['multipart/mixed; charset=UTF-8; boundary=B; x=y', 'B'],
    ['multipart/mixed ; boundary = B ', 'B'],
    ['multipart/mixed; type="boundary=no; boundary=no"; boundary=yes', 'yes'],
    ['multipart/mixed; xboundary=no; boundary=yes', 'yes'],
    ["multipart/mixed; boundary=gl'()+_,-./:=?", "gl'()+_,-./:=?"],
  ])('finds it in %s', (contentType, boundary) => {
    expect(boundaryOf(contentType)).toBe(boundary);
  });

  it.each([
    '',
    'application/json',
    'multipart/mixed',
    'multipart/mixed; boundary=',
    'multipart/mixed; boundary=""',
  ])('finds none in %j', (contentType) => {
    expect(boundaryOf(contentType)).toBeUndefined();
  });
});

describe('boundaryAtStart', () => {
  it.each([
    ['--B\r\n\r\n{}', 'B'],
    ['--B  \n\n{}', 'B'],
    ['--\r\n', undefined],
    ['{"a":"--B"}', undefined],
    ['', undefined],
  ])('takes the boundary from the first line of %j', (body, boundary) => {
    expect(boundaryAtStart(Buffer.from(body))).toBe(boundary);
  });
});

describe('readParts', () => {
  it.each<[string, string, string[], boolean]>([
    ['CRLF', '--B\r\nA: b\r\n\r\none\r\n--B\r\nA: b\r\n\r\ntwo\r\n--B--\r\n', ['one', 'two'], true],
    ['LF', '--B\nA: b\n\none\n--B\nA: b\n\ntwo\n--B--', ['one', 'two'], true],
    ['both mixed', '--B\r\nA: b\n\r\none\n--B\n\r\ntwo\r\n--B--', ['one', 'two'], true],
    ['no headers', '--B\r\n\r\none\r\n--B--', ['one'], true],
    ['several headers', '--B\na: 1\nCONTENT-LENGTH: 3\n\none\n--B--', ['one'], true],
    ['a preamble and an epilogue', 'hello\r\n--B\r\n\r\none\r\n--B--\r\n--B\r\n\r\nno\r\n', ['one'], true],
    ['padding after a boundary', '--B \t\r\n\r\none\r\n--B-- \r\n', ['one'], true],
    [
      'an empty body',
      '--B\r\nA: b\r\n\r\n\r\n--B\r\nA: b\r\n\r\n--B\r\nA: b\r\n--B\r\n--B--',
      ['', '', '', ''],
      true,
    ],
    ['a body of many lines', '--B\n\none\n\ntwo\n\n--B--', ['one\n\ntwo\n'], true],
    ['a boundary inside a line', '--B\n\n{"a":"--B"} --B\n--B--', ['{"a":"--B"} --B'], true],
    ['a longer boundary', '--B\n\n--Bc\n--B-\n--B--c\n--B--', ['--Bc\n--B-\n--B--c'], true],
    ['a shorter boundary', '--B\n\n--\n--B--', ['--'], true],
    ['no end', '--B\n\none\n--B\n\ntw', ['one', 'tw'], false],
    ['a cut in a boundary', '--B\n\none\n--', ['one\n--'], false],
    ['a cut after a boundary', '--B\n\none\n--B', ['one'], false],
    ['a cut in a header', '--B\n\none\n--B\nContent-T', ['one', ''], false],
    ['no part', '--B--\r\n', [], true],
    ['no boundary', '{"a":1}', [], false],
    ['nothing', '', [], false],
  ])('reads a body with %s', (_, text, bodies, complete) => {
    const read = readParts(Buffer.from(text), 'B');
    expect(read.parts.map(String)).toEqual(bodies);
    expect(read.complete).toBe(complete);
  });

  it('gives views of the body, not copies', () => {
    const body = Buffer.from('--B\n\none\n--B--');
    const { parts } = readParts(body, 'B');
    expect(parts[0]?.buffer).toBe(body.buffer);
  });

  it('reads back any parts that hold no boundary line', () => {
    const newline = fc.constantFrom('\r\n', '\n');
    const text = fc.array(fc.constantFrom('a', '-', '--B', ' ', '"', '\\n', '{', ':', '\t'), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, newline)), newline, fc.boolean(), (texts, last, complete) => {
        // Each begins with a letter, so that none is a boundary line itself.
        const bodies = texts.map(([words]) => `x${words.join('')}`);
        const written = texts.map(([, eol], index) => `--B${eol}h: v${eol}${eol}${bodies[index]}${eol}`);
        const body = Buffer.from(written.join('') + (complete ? `--B--${last}` : ''));
        const expected = complete
          ? bodies
          : bodies.map((text, i) => (i < bodies.length - 1 ? text : text + (texts.at(-1)?.[1] ?? '')));
        const read = readParts(body, 'B');
        expect(read.parts.map(String)).toEqual(expected);
        expect(read.complete).toBe(complete);
      }),
      { numRuns: 1000 },
    );
  });
});
