import { describe, expect, it } from 'vitest';
import { readMultiStatus, type BatchMethod } from '../../../src/upstream/multi-status.js';
import {
  A,
  B,
  C,
  UNCLEAR,
  record,
  refusal,
  ok,
  missing,
  recordOf,
  errorOf,
  read,
  plain,
} from '../../support/multi-status-samples.js';
import { toHref, writeBatchAnswer, type Layout, type Naming } from '../../support/multi-status-writer.js';

describe('the documented forms', () => {
  it('a GET as multipart/mixed, its href with and without the version', () => {
    const body = [
      '--Boundary_20_32057915_1351669531796',
      'Content-Type: application/json',
      '',
      '{"response" : [ {',
      '    "href" : "https://platform.ringcentral.com/account/154/extension/154/message-store/2447722008",',
      '    "status" : 200, "responseDescription" : "OK"',
      '}, {',
      '    "href" : "https://platform.ringcentral.com/restapi/v1.0/account/154/extension/154/message-store/2416832008",',
      '    "status" : 200, "responseDescription" : "OK"',
      '} ]}',
      '--Boundary_20_32057915_1351669531796',
      'Content-Type: application/json',
      '',
      '{"uri" : "https://platform.ringcentral.com/restapi/v1.0/account/154/extension/154/message-store/2447722008",',
      '"id" : 2447722008, "type" : "SMS", "conversationId" : 5717224681082742945}',
      '--Boundary_20_32057915_1351669531796',
      'Content-Type: application/json',
      '',
      '{"uri" : "https://platform.ringcentral.com/restapi/v1.0/account/154/extension/154/message-store/2416832008",',
      '"id" : 2416832008, "type" : "SMS", "conversationId" : 141549019326272744}',
      '--Boundary_20_32057915_1351669531796--',
      '',
    ].join('\n');
    const contentType = 'multipart/mixed; boundary=Boundary_20_32057915_1351669531796';
    const outcomes = read('GET', ['2447722008', '2416832008'], plain(body, 207, contentType));
    expect(outcomes).toMatchObject({
      2447722008: { kind: 'record', body: { id: 2447722008, conversationId: '5717224681082742945' } },
      2416832008: { kind: 'record', body: { id: 2416832008, conversationId: '141549019326272744' } },
    });
  });

  it('a PUT as multipart/mixed', () => {
    const collection = 'https://platform.ringcentral.com/account/400/extension/400/message-store';
    const body = [
      '--Boundary_1_15567762_1355833573664\nContent-Type: application/json\n',
      `{"response" : [ { "href" : "${collection}/401654758008", "status" : 200, "responseDescription" : "OK" },`,
      `{ "href" : "${collection}/401642088008", "status" : 200, "responseDescription" : "OK" } ]}`,
      '--Boundary_1_15567762_1355833573664\nContent-Type: application/json\n',
      `{"uri" : "${collection}/401654758008", "id" : 401654758008, "readStatus" : "Read"}`,
      '--Boundary_1_15567762_1355833573664\nContent-Type: application/json\n',
      `{"uri" : "${collection}/401642088008", "id" : 401642088008, "readStatus" : "Read"}`,
      '--Boundary_1_15567762_1355833573664--\n',
    ].join('\n');
    const contentType = 'multipart/mixed; boundary=Boundary_1_15567762_1355833573664';
    expect(read('PUT', ['401654758008', '401642088008'], plain(body, 207, contentType))).toMatchObject({
      401654758008: { kind: 'record', body: { id: 401654758008 } },
      401642088008: { kind: 'record', body: { id: 401642088008 } },
    });
  });

  it.each<BatchMethod>(['GET', 'PUT'])('a %s as a JSON array, one item refused', (method) => {
    const message = {
      uri: 'https://platform.ringcentral.com/restapi/v1.0/account/306/extension/306/message-store/972869004',
      id: 972869004,
      attachments: [{ id: 972869005, uri: '/message-store/972869004/content/972869005' }],
    };
    const error = { errorCode: 'CMN-102', errors: [{ errorCode: 'CMN-102', parameterName: 'messageId' }] };
    const answer = plain(
      [
        { resourceId: '972869004', status: 200, body: message },
        { resourceId: '111', status: 404, body: error },
      ],
      207,
      'application/vnd.ringcentral.multipart+json',
    );
    expect(read(method, ['972869004', '111'], answer)).toEqual({
      972869004: record(message),
      111: refusal(404, error),
    });
  });
});

describe('every way to write the same answer', () => {
  const sound = { entries: [ok(A), missing(B), ok(C)], parts: [recordOf(A), errorOf(B), recordOf(C)] };
  const boundary = 'Boundary 1;x';
  const layouts: [string, Partial<Layout>][] = [
    ['CRLF', {}],
    ['LF', { newline: '\n' }],
    ['a quoted boundary', { boundary, quoted: true }],
    ['no space before the boundary', { separator: ';' }],
    ['other parameters before it', { separator: '; charset="utf-8"; ' }],
    ['no part headers', { headers: [] }],
    ['headers in another case', { headers: ['content-TYPE: application/json', 'Content-length: 9'] }],
    ['a preamble and an epilogue', { preamble: 'This is a multipart answer.', epilogue: '--not a part' }],
    ['indented JSON', { indent: 2 }],
    ['the JSON form', { encoding: 'json' }],
    ['the JSON form without resourceId', { encoding: 'json', naming: 'nothing' }],
    ...(['unversioned', 'relative', 'with query', 'nothing'] satisfies Naming[]).map(
      (naming): [string, Partial<Layout>] => [`href: ${naming}`, { naming }],
    ),
  ];

  it.each(layouts)('%s', (_, layout) => {
    expect(read('GET', [A, B, C], writeBatchAnswer(sound, layout))).toEqual({
      [A]: record(recordOf(A)),
      [B]: refusal(404, errorOf(B)),
      [C]: record(recordOf(C)),
    });
  });

  it.each([
    '',
    'application/octet-stream',
    'application/json',
    'multipart/mixed',
    'multipart/mixed; boundary=other',
  ])('the content type %j does not hide a multipart body', (contentType) => {
    const answer = { ...writeBatchAnswer(sound), contentType };
    expect(read('GET', [A, B, C], answer)[C]).toEqual(record(recordOf(C)));
  });

  it.each(['', 'text/plain', 'multipart/mixed; boundary=B'])(
    'the content type %j does not hide a JSON body',
    (contentType) => {
      const answer = { ...writeBatchAnswer(sound, { encoding: 'json' }), contentType };
      expect(read('GET', [A, B, C], answer)[C]).toEqual(record(recordOf(C)));
      expect(read('GET', [A], plain(recordOf(A), 200, contentType))[A]).toEqual(record(recordOf(A)));
    },
  );

  it('a 200 with several parts is read like a 207', () => {
    const answer = { ...writeBatchAnswer(sound), status: 200 };
    expect(read('GET', [A, B, C], answer)[B]).toEqual(refusal(404, errorOf(B)));
  });

  it('text like a boundary inside a JSON string splits nothing', () => {
    const tricky = { ...recordOf(A), label: '--Boundary_20_32057915_1351669531796--\r\n--' };
    const answer = writeBatchAnswer({ entries: [ok(A), ok(B)], parts: [tricky, recordOf(B)] });
    expect(read('GET', [A, B], answer)).toEqual({ [A]: record(tricky), [B]: record(recordOf(B)) });
  });

  it('an answer for one id alone', () => {
    const one = { entries: [missing(A)], parts: [errorOf(A)] };
    expect(read('GET', [A], writeBatchAnswer(one))).toEqual({ [A]: refusal(404, errorOf(A)) });
  });

  it('ids that need encoding, look like properties, or are 64 bits long', () => {
    const ids = ['+16505550100', '__proto__', 'constructor', 'a b%', '8234962969801171948'];
    const answer = { entries: ids.map(ok), parts: ids.map(recordOf) };
    const outcomes = readMultiStatus(writeBatchAnswer(answer), ids, 'GET');
    expect([...outcomes]).toEqual(ids.map((id) => [id, record(recordOf(id))]));
  });

  it('ids as numbers, of 64 bits too', () => {
    const text = '[{"resourceId":8234962969801171948,"status":200,"body":{"id":8234962969801171948}}]';
    expect(read('GET', ['8234962969801171948'], plain(text, 207))).toEqual({
      '8234962969801171948': record({ id: '8234962969801171948' }),
    });
  });
});

describe('the plain answer', () => {
  it.each([recordOf(A), { id: 9101 }, { uri: `${toHref(A)}/?x=1#y` }, { label: 'no id' }])(
    'a single read gives its record: %j',
    (body) => {
      expect(read('GET', [A], plain(body))).toEqual({ [A]: record(body) });
    },
  );

  it('a single read understands a uri that is not properly encoded', () => {
    const body = { uri: '/restapi/v1.0/account/400100/phone-number/50%' };
    expect(read('GET', ['50%'], plain(body))).toEqual({ '50%': record(body) });
  });

  it('a single read of ~ takes whatever id the answer tells', () => {
    expect(read('GET', ['~'], plain(recordOf(A)))).toEqual({ '~': record(recordOf(A)) });
  });

  it.each<[unknown, number?]>([
    [recordOf(B)],
    [{ id: A, uri: toHref(B) }],
    [errorOf(A)],
    ['', 200],
    ['', 204],
    ['<html>login</html>'],
    ['7'],
    ['null'],
    [[]],
    [{ response: [] }],
  ])('a single read of %j is unclear', (body, status) => {
    expect(read('GET', [A], plain(body, status))).toEqual({ [A]: UNCLEAR });
  });

  it('to several reads is the record of the id that it names', () => {
    expect(read('GET', [A, B], plain(recordOf(B)))).toEqual({ [A]: UNCLEAR, [B]: record(recordOf(B)) });
    expect(read('GET', [A, B], plain({ label: 'whose?' }))).toEqual({ [A]: UNCLEAR, [B]: UNCLEAR });
    expect(read('GET', [A, B], plain({ id: A, uri: toHref(B) }))).toEqual({ [A]: UNCLEAR, [B]: UNCLEAR });
  });

  it('to a single update may carry a new id where the number changes, and no other', () => {
    expect(read('PUT', [A], plain(recordOf('7')), [A])).toEqual({ [A]: record(recordOf('7')) });
    expect(read('PUT', [A], plain(recordOf(A)), [A])).toEqual({ [A]: record(recordOf(A)) });
    expect(read('PUT', [A], plain({ label: 'no id' }))).toEqual({ [A]: record({ label: 'no id' }) });
    for (const body of [recordOf('7'), { id: '7' }, { id: A, uri: toHref('7') }]) {
      expect(read('PUT', [A], plain(body))).toEqual({ [A]: UNCLEAR });
    }
    for (const body of [{ id: '8', uri: toHref('7') }, { id: A, uri: toHref('7') }, { id: {} }]) {
      expect(read('PUT', [A], plain(body), [A])).toEqual({ [A]: UNCLEAR });
    }
    expect(read('PUT', [A], plain(errorOf(A)))).toEqual({ [A]: UNCLEAR });
    expect(read('PUT', [A], plain('', 204))).toEqual({ [A]: UNCLEAR });
  });

  it('to several updates or removals is nobody’s', () => {
    for (const method of ['PUT', 'DELETE'] as const) {
      expect(read(method, [A, B], plain(recordOf(A)))).toEqual({ [A]: UNCLEAR, [B]: UNCLEAR });
    }
  });
});
