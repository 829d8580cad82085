import { describe, expect, it } from 'vitest';
import type { ItemOutcome } from '../../../src/upstream/multi-status.js';
import {
  A,
  B,
  C,
  UNCLEAR,
  DONE,
  record,
  refusal,
  ok,
  missing,
  recordOf,
  errorOf,
  read,
  plain,
} from '../../support/multi-status-samples.js';
import { toHref, writeBatchAnswer } from '../../support/multi-status-writer.js';

describe('an update', () => {
  it('that changes the number is matched by its summary entry alone, since its record may have a new id', () => {
    const parts = [recordOf('7'), errorOf(B), recordOf('8')];
    const answer = writeBatchAnswer({ entries: [ok(C), missing(B), ok(A)], parts });
    expect(read('PUT', [A, B, C], answer, [A, B, C])).toEqual({
      [A]: record(recordOf('8')),
      [B]: refusal(404, errorOf(B)),
      [C]: record(recordOf('7')),
    });
  });

  it('that keeps the number is never answered by another record', () => {
    const parts = [recordOf('7'), recordOf('8'), recordOf(C)];
    const answer = writeBatchAnswer({ entries: [ok(A), ok(B), ok(C)], parts });
    expect(read('PUT', [A, B, C], answer, [B])).toEqual({
      [A]: UNCLEAR,
      [B]: record(recordOf('8')),
      [C]: record(recordOf(C)),
    });
  });

  it.each([[[]], [[A]], [[A, B]]])(
    'answered by the records of each other is unclear, renamed %j',
    (renamed) => {
      const entries = [ok(A), ok(B), ok(C)];
      const answer = writeBatchAnswer({ entries, parts: [recordOf(B), recordOf(A), recordOf(C)] });
      expect(read('PUT', [A, B, C], answer, renamed)).toEqual({
        [A]: UNCLEAR,
        [B]: UNCLEAR,
        [C]: record(recordOf(C)),
      });
    },
  );

  it('that is refused, beside a body of its own at another place, is unclear', () => {
    const answer = writeBatchAnswer({ entries: [missing(A), ok(B)], parts: [errorOf(A), recordOf(A)] });
    expect(read('PUT', [A, B], answer)).toEqual({ [A]: UNCLEAR, [B]: UNCLEAR });
    expect(read('PUT', [A, B], answer, [B])).toEqual({ [A]: UNCLEAR, [B]: UNCLEAR });
  });

  it.each<[string, object]>([
    ['id and uri disagree', { id: '7', uri: toHref('8') }],
    ['id is of no sensible type', { id: {} }],
    ['uri is of no sensible type', { id: '7', uri: 8 }],
  ])('that changes the number is unclear where the %s', (_, body) => {
    const answer = writeBatchAnswer({ entries: [ok(A), ok(B)], parts: [body, recordOf(B)] });
    expect(read('PUT', [A, B], answer, [A])).toEqual({ [A]: UNCLEAR, [B]: record(recordOf(B)) });
  });

  it('that changes the number may bear a new id beside its old uri', () => {
    const body = { id: '7', uri: toHref(A) };
    const answer = writeBatchAnswer({ entries: [ok(A), ok(B)], parts: [body, recordOf(B)] });
    expect(read('PUT', [A, B], answer, [A])).toEqual({ [A]: record(body), [B]: record(recordOf(B)) });
  });

  it('is certain, where counts differ, only by a body that names its id', () => {
    const entries = [ok(A), ok(B), missing(C)];
    const answer = writeBatchAnswer({ entries, parts: [recordOf(A), recordOf('7')] });
    expect(read('PUT', [A, B, C], answer)).toEqual({
      [A]: record(recordOf(A)),
      [B]: UNCLEAR,
      [C]: refusal(404),
    });
  });
});

describe('a removal', () => {
  const entries = [ok(A), missing(B), ok(C), { id: 'D', status: 403 }];
  const ids = [A, B, C, 'D'];

  it('answered by 204 removed all', () => {
    expect(read('DELETE', [A, B], plain('', 204))).toEqual({ [A]: DONE, [B]: DONE });
  });

  it.each<[unknown, number, ItemOutcome]>([
    ['', 200, DONE],
    ['', 202, DONE],
    [{}, 200, DONE],
    [errorOf(A), 200, UNCLEAR],
    ['<html>login</html>', 200, UNCLEAR],
    [{}, 207, UNCLEAR],
    [
      { response: [{ href: toHref(A), status: 404 }] },
      207,
      { kind: 'refusal', status: 404, body: undefined },
    ],
  ])('of one id answered by %j with %d is %j', (body, status, outcome) => {
    expect(read('DELETE', [A], plain(body, status))).toEqual({ [A]: outcome });
  });

  it.each<[string, unknown[]]>([
    ['empty', [undefined, errorOf(B), undefined, errorOf('D')]],
    ['objects', [{}, errorOf(B), {}, errorOf('D')]],
    ['missing', [errorOf(B), errorOf('D')]],
  ])('gives each failure its body where the parts of what succeeded are %s', (_, parts) => {
    expect(read('DELETE', ids, writeBatchAnswer({ entries, parts }))).toEqual({
      [A]: DONE,
      [B]: refusal(404, errorOf(B)),
      [C]: DONE,
      D: refusal(403, errorOf('D')),
    });
  });

  it.each<[string, unknown[]]>([
    ['no parts', []],
    ['one part for two failures', [errorOf(B)]],
    ['three parts for four entries', [undefined, errorOf(B), errorOf('D')]],
    ['more parts than entries', [undefined, errorOf(B), undefined, errorOf('D'), errorOf('D')]],
  ])('goes by the statuses alone with %s', (_, parts) => {
    expect(read('DELETE', ids, writeBatchAnswer({ entries, parts }))).toEqual({
      [A]: DONE,
      [B]: refusal(404),
      [C]: DONE,
      D: refusal(403),
    });
  });

  it('takes for a failure’s body nothing but an error model', () => {
    const parts = [undefined, recordOf(B), undefined, 'text'];
    expect(read('DELETE', ids, writeBatchAnswer({ entries, parts }))).toMatchObject({
      [B]: refusal(404),
      D: refusal(403),
    });
  });

  it('attributes no body where it is not known how many parts were cut off', () => {
    const whole = writeBatchAnswer({ entries, parts: [undefined, errorOf(B), undefined, errorOf('D')] });
    const uncut = whole.body.toString().split('--Boundary');
    // The summary, an empty part and one failure's: as many parts as there are failures.
    const cut = { ...whole, body: Buffer.from(uncut.slice(0, 4).join('--Boundary')) };
    expect(read('DELETE', ids, cut)).toMatchObject({ [B]: refusal(404), D: refusal(403) });
  });

  it('without href goes by position, and is unclear where counts differ', () => {
    const sound = writeBatchAnswer({ entries: [ok(A), missing(B)], parts: [] }, { naming: 'nothing' });
    expect(read('DELETE', [A, B], sound)).toEqual({ [A]: DONE, [B]: refusal(404) });
    expect(read('DELETE', [A, B, C], sound)).toEqual({ [A]: UNCLEAR, [B]: UNCLEAR, [C]: UNCLEAR });
    expect(read('DELETE', [A], sound)).toEqual({ [A]: UNCLEAR });
  });

  it('named twice or not at all is unclear', () => {
    const answer = writeBatchAnswer({ entries: [ok(A), ok(A), missing(C), ok('7')], parts: [] });
    expect(read('DELETE', [A, B, C], answer)).toEqual({ [A]: UNCLEAR, [B]: UNCLEAR, [C]: refusal(404) });
  });

  it('is unclear where the summary cannot be read', () => {
    expect(read('DELETE', [A, B], plain('--B\n\n{"resp\n--B--', 207))).toEqual({
      [A]: UNCLEAR,
      [B]: UNCLEAR,
    });
    expect(read('DELETE', [A, B], plain('', 200))).toEqual({ [A]: UNCLEAR, [B]: UNCLEAR });
  });
});
