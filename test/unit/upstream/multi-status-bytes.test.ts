import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMultiStatus, type BatchMethod } from '../../../src/upstream/multi-status.js';

const METHODS: readonly BatchMethod[] = ['GET', 'PUT', 'DELETE'];
const CONTENT_TYPES = [
  '',
  'application/json',
  'application/vnd.ringcentral.multipart+json',
  'multipart/mixed; boundary=B',
  'multipart/mixed;boundary="B"',
  'multipart/mixed; boundary="B',
];

/** Pieces of batch answers: in any order they reach further into the reader than bytes by chance do. */
const PIECES = [
  ...['--B', '--B--', '--C', '\r\n', '\n', ' ', '\n\n', 'Content-Type: application/json\r\n\r\n'],
  ...['{', '}', '[', ']', ',', ':', '"', '\\', 'null', '1234567890123456789', '\u0000', 'é'],
  ...['{"response":[', '{"response":[{"status":200},{"status":404}]}', ']}', '{"response":{}}'],
  ...[
    '{"status":200}',
    '{"href":"/x/1","status":200}',
    '{"href":"%","status":404}',
    '{"href":7,"status":200}',
  ],
  ...['{"resourceId":"1","status":200,"body":{"id":1}}', '{"resourceId":{},"status":1e9,"body":[]}'],
  ...['{"id":"1"}', '{"id":2,"uri":"/x/1"}', '{"id":[]}', '{"errors":[]}', '{"errorCode":"CMN-102"}'],
];

const contentTypes = fc.oneof(fc.constantFrom(...CONTENT_TYPES), fc.string());
const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 25 }).map((pieces) => Buffer.from(pieces.join(''))),
  fc.json().map((json) => Buffer.from(json)),
);
const idLists = fc.uniqueArray(fc.oneof(fc.constantFrom('1', '2', '~', '__proto__'), fc.string()), {
  maxLength: 4,
});

describe('any bytes at all', () => {
  it('leave one outcome for each id, and throw nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(200, 202, 204, 206, 207),
        contentTypes,
        bodies,
        idLists,
        fc.constantFrom(...METHODS),
        (status, contentType, body, ids, method) => {
          const outcomes = readMultiStatus({ status, contentType, body }, ids, method);
          expect([...outcomes.keys()]).toEqual(ids);
          const kinds =
            method === 'DELETE' ? ['done', 'refusal', 'unclear'] : ['record', 'refusal', 'unclear'];
          for (const { kind } of outcomes.values()) expect(kinds).toContain(kind);
        },
      ),
      { numRuns: 5000 },
    );
  });

  const size = 1_000_000;
  const summary = '--B\n\n{"response":[]}\n';
  it.each<[string, string, string]>([
    ['boundaries', '--B\n'.repeat(size / 4), CONTENT_TYPES[3] ?? ''],
    ['empty parts', summary + '--B\n\n\n'.repeat(size / 6), CONTENT_TYPES[3] ?? ''],
    ['boundaries within a line', `--B\n\n${'--B '.repeat(size / 4)}`, CONTENT_TYPES[3] ?? ''],
    ['padding', `--B\n\n${`\n--B${' '.repeat(99)}x`.repeat(size / 100)}`, CONTENT_TYPES[3] ?? ''],
    ['header lines', `--B\n${'a: b\r\n'.repeat(size / 6)}--B--`, CONTENT_TYPES[3] ?? ''],
    ['a boundary without end', '-'.repeat(size), ''],
    ['a long boundary, repeated', `--${'a'.repeat(1000)}\n`.repeat(size / 1000), ''],
    ['nested arrays', '['.repeat(size), 'application/json'],
    ['quotes and escapes', `"${'\\"'.repeat(size / 2)}`, 'application/json'],
    ['long integers', `[${'1234567890123456,'.repeat(size / 17)}1]`, 'application/json'],
    ['one integer', `[${'1'.repeat(size)}]`, 'application/json'],
    ['one string and a long integer', `["${'\\"a'.repeat(size / 3)}",1234567890123456]`, 'application/json'],
    ['summary entries', `[${'{"href":"/1","status":200},'.repeat(size / 27)}1]`, 'application/json'],
    ['a long uri', JSON.stringify({ id: '1', uri: '/%41'.repeat(size / 4) }), 'application/json'],
    ['parameters', '', `multipart/mixed${';boundary="'.repeat(5000)}`],
    ['escapes in a parameter', '', `multipart/mixed;boundary="${'\\"'.repeat(20_000)}`],
    ['spaces in a parameter', '', `multipart/mixed${`;${' '.repeat(999)}`.repeat(50)}`],
  ])('a megabyte of %s is read in linear time', (_, text, contentType) => {
    const body = Buffer.from(text);
    const start = performance.now();
    for (const method of METHODS) {
      expect(readMultiStatus({ status: 207, contentType, body }, ['1', '2'], method).size).toBe(2);
    }
    // Far above the milliseconds that it takes, far below the minutes of a quadratic reading.
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
