import { describe, expect, it } from 'vitest';
import type { MultiAnswer } from '../../../src/upstream/multi-status.js';
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
import { toHref, writeBatchAnswer } from '../../support/multi-status-writer.js';

describe('a GET never takes another id’s record', () => {
  it('entries and parts in another order than asked go by their href', () => {
    const answer = { entries: [ok(C), missing(A), ok(B)], parts: [recordOf(C), errorOf(A), recordOf(B)] };
    for (const encoding of ['multipart', 'json'] as const) {
      expect(read('GET', [A, B, C], writeBatchAnswer(answer, { encoding }))).toEqual({
        [A]: refusal(404, errorOf(A)),
        [B]: record(recordOf(B)),
        [C]: record(recordOf(C)),
      });
    }
  });

  it.each<[string, object]>([
    ['id', { id: B }],
    ['numeric id', { id: Number(B) }],
    ['uri', { uri: toHref(B) }],
    ['uri beside the right id', { id: A, uri: toHref(B) }],
    ['id beside the right uri', { id: B, uri: toHref(A) }],
  ])('a body that names another asked id by its %s makes both unclear', (_, body) => {
    const answer = { entries: [ok(A), ok(B), ok(C)], parts: [body, recordOf(B), recordOf(C)] };
    for (const naming of ['absolute', 'nothing'] as const) {
      expect(read('GET', [A, B, C], writeBatchAnswer(answer, { naming }))).toEqual({
        [A]: UNCLEAR,
        [B]: UNCLEAR,
        [C]: record(recordOf(C)),
      });
    }
  });

  it.each<[string, object]>([
    ['a foreign id', { id: '7' }],
    ['a foreign uri', { uri: toHref('7') }],
    ['an id of no sensible type', { id: { id: A } }],
    ['a fractional id', { id: 9101.5 }],
    ['a uri of no sensible type', { id: A, uri: 7 }],
  ])('a body with %s makes its own id unclear', (_, body) => {
    const answer = writeBatchAnswer({ entries: [ok(A), ok(B)], parts: [body, recordOf(B)] });
    expect(read('GET', [A, B], answer)).toEqual({ [A]: UNCLEAR, [B]: record(recordOf(B)) });
  });

  it('a body without id and uri is believed only where entries, parts and ids agree', () => {
    const parts = [{ label: 'a' }, { label: 'b' }];
    expect(read('GET', [A, B], writeBatchAnswer({ entries: [ok(A), ok(B)], parts }))).toEqual({
      [A]: record({ label: 'a' }),
      [B]: record({ label: 'b' }),
    });
    const more = writeBatchAnswer({ entries: [ok(A), ok(B)], parts: [...parts, { label: 'c' }] });
    expect(read('GET', [A, B], more)).toEqual({ [A]: UNCLEAR, [B]: UNCLEAR });
    const unclosed = writeBatchAnswer({ entries: [ok(A), ok(B)], parts });
    const end = unclosed.body.lastIndexOf('--Boundary');
    expect(read('GET', [A, B], { ...unclosed, body: unclosed.body.subarray(0, end) })).toEqual({
      [A]: UNCLEAR,
      [B]: UNCLEAR,
    });
    const fewer = writeBatchAnswer({ entries: [ok(A), ok(B)], parts });
    expect(read('GET', [A, B, C], fewer)).toEqual({ [A]: UNCLEAR, [B]: UNCLEAR, [C]: UNCLEAR });
  });

  it('an id that two entries name is unclear, its neighbours are not', () => {
    const answer = { entries: [ok(A), ok(A), ok(C)], parts: [recordOf(A), recordOf(A), recordOf(C)] };
    expect(read('GET', [A, B, C], writeBatchAnswer(answer))).toEqual({
      [A]: UNCLEAR,
      [B]: UNCLEAR,
      [C]: record(recordOf(C)),
    });
  });

  it('an id named twice in another’s stead asks of the rest that they name themselves', () => {
    const answer = { entries: [ok(A), ok(A), ok(C)], parts: [recordOf(A), recordOf(A), { label: 'c' }] };
    expect(read('GET', [A, B, C], writeBatchAnswer(answer))[C]).toEqual(UNCLEAR);
  });

  it('an entry that nobody asked for is ignored, and asks of the rest that they name themselves', () => {
    const answer = { entries: [ok(A), ok('7'), ok(B)], parts: [{ label: 'a' }, recordOf('7'), recordOf(B)] };
    expect(read('GET', [A, B], writeBatchAnswer(answer))).toEqual({ [A]: UNCLEAR, [B]: record(recordOf(B)) });
  });

  it('where counts differ, entries without href count only with a body that names their id', () => {
    const answer = { entries: [ok(A), missing(B)], parts: [recordOf(A), errorOf(B)] };
    expect(read('GET', [A, B, C], writeBatchAnswer(answer, { naming: 'nothing' }))).toEqual({
      [A]: record(recordOf(A)),
      [B]: UNCLEAR,
      [C]: UNCLEAR,
    });
  });

  it('an entry without href whose place another entry claims leaves that id unclear', () => {
    const entries = [{ href: toHref(B), status: 200 }, { status: 200 }, { href: toHref(C), status: 200 }];
    const parts = [{ response: entries }, recordOf(B), recordOf(A), recordOf(C)];
    const body = `${parts.map((part) => `--B\n\n${JSON.stringify(part)}\n`).join('')}--B--`;
    expect(read('GET', [A, B, C], plain(body, 207, 'multipart/mixed;boundary=B'))).toEqual({
      [A]: UNCLEAR,
      [B]: UNCLEAR,
      [C]: record(recordOf(C)),
    });
  });

  it('an entry whose resourceId and href disagree is nobody’s', () => {
    const item = { resourceId: A, href: toHref(B), status: 200, body: recordOf(A) };
    expect(read('GET', [A, B], plain([item], 207))).toEqual({ [A]: UNCLEAR, [B]: UNCLEAR });
  });

  it('a missing part costs the ids after it, a missing last one only its own', () => {
    const entries = [ok(A), ok(B), ok(C)];
    const middle = writeBatchAnswer({ entries, parts: [recordOf(A), recordOf(C)] });
    expect(read('GET', [A, B, C], middle)).toEqual({ [A]: record(recordOf(A)), [B]: UNCLEAR, [C]: UNCLEAR });
    const last = writeBatchAnswer({ entries, parts: [recordOf(A), recordOf(B)] });
    expect(read('GET', [A, B, C], last)).toEqual({
      [A]: record(recordOf(A)),
      [B]: record(recordOf(B)),
      [C]: UNCLEAR,
    });
  });
});

describe('what an entry’s status says', () => {
  it.each([199, 302, 0, -1, 600, 404.5, '200', null, undefined])('%s is no certain answer', (status) => {
    const answer = plain([{ resourceId: A, status, body: recordOf(A) }], 207);
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      expect(read(method, [A], answer)).toEqual({ [A]: UNCLEAR });
    }
  });

  it.each([errorOf(A), { errors: [] }, 'text', [], null, undefined])(
    'a success with %j is unclear',
    (body) => {
      const answer = writeBatchAnswer({ entries: [ok(A), ok(B)], parts: [body, recordOf(B)] });
      for (const method of ['GET', 'PUT'] as const) {
        expect(read(method, [A, B], answer)).toEqual({ [A]: UNCLEAR, [B]: record(recordOf(B)) });
      }
    },
  );

  it.each([400, 401, 403, 404, 429, 500, 503])('%d is that id’s refusal, with its body', (status) => {
    const answer = { entries: [ok(A), { id: B, status }], parts: [recordOf(A), errorOf(B)] };
    expect(read('GET', [A, B], writeBatchAnswer(answer))[B]).toEqual(refusal(status, errorOf(B)));
  });

  it.each([undefined, {}, { message: 'no' }, 'text', []])('a refusal with %j has no body', (body) => {
    const answer = writeBatchAnswer({ entries: [missing(A), ok(B)], parts: [body, recordOf(B)] });
    expect(read('GET', [A, B], answer)).toEqual({ [A]: refusal(404), [B]: record(recordOf(B)) });
  });

  it('a refusal may name the id that it refuses', () => {
    const error = { ...errorOf(A), id: A, uri: toHref(A) };
    const answer = writeBatchAnswer({ entries: [missing(A), ok(B)], parts: [error, recordOf(B)] });
    expect(read('GET', [A, B], answer)).toEqual({ [A]: refusal(404, error), [B]: record(recordOf(B)) });
  });

  it('a refusal that names another asked id makes both unclear', () => {
    const error = { ...errorOf(A), uri: toHref(B) };
    const answer = writeBatchAnswer({ entries: [missing(A), ok(B)], parts: [error, recordOf(B)] });
    expect(read('GET', [A, B], answer)).toEqual({ [A]: UNCLEAR, [B]: UNCLEAR });
  });

  it('a refusal beside a record contradicts itself', () => {
    const answer = writeBatchAnswer({ entries: [missing(A), ok(B)], parts: [recordOf(A), recordOf(B)] });
    for (const method of ['GET', 'PUT'] as const) {
      expect(read(method, [A, B], answer)).toEqual({ [A]: UNCLEAR, [B]: record(recordOf(B)) });
    }
  });

  it('where parts are missing a refusal keeps its status and loses its body', () => {
    const answer = { entries: [missing(A), missing(B), ok(C)], parts: [errorOf(B), recordOf(C)] };
    expect(read('GET', [A, B, C], writeBatchAnswer(answer))).toEqual({
      [A]: refusal(404),
      [B]: refusal(404),
      [C]: UNCLEAR,
    });
  });
});

describe('an answer cut off', () => {
  const whole = writeBatchAnswer({
    entries: [missing(A), ok(B), missing(C)],
    parts: [errorOf(A), recordOf(B), errorOf(C)],
  });
  const cutBefore = (text: string): MultiAnswer => ({
    ...whole,
    body: whole.body.subarray(0, whole.body.lastIndexOf(text)),
  });

  it('keeps the parts that came whole', () => {
    expect(read('GET', [A, B, C], cutBefore('"errors"'))).toEqual({
      [A]: refusal(404, errorOf(A)),
      [B]: record(recordOf(B)),
      [C]: refusal(404),
    });
    expect(read('GET', [A, B, C], cutBefore('"label"'))).toEqual({
      [A]: refusal(404, errorOf(A)),
      [B]: UNCLEAR,
      [C]: refusal(404),
    });
  });

  it('is whole where only the closing boundary is missing', () => {
    expect(read('GET', [A, B, C], cutBefore('\r\n--Boundary'))).toEqual(read('GET', [A, B, C], whole));
  });

  it('says nothing once its summary is cut', () => {
    expect(Object.values(read('GET', [A, B, C], cutBefore('responseDescription')))).toEqual([
      UNCLEAR,
      UNCLEAR,
      UNCLEAR,
    ]);
  });
});
