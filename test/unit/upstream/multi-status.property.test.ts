import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMultiStatus, type BatchMethod, type MultiAnswer } from '../../../src/upstream/multi-status.js';
import { expectedOf, toAnswer, written } from '../../support/multi-status-arbitraries.js';
import { writeBatchAnswer, type BatchAnswer, type Layout } from '../../support/multi-status-writer.js';

describe('any sound batch answer, however written', () => {
  it.each<BatchMethod>(['GET', 'PUT', 'DELETE'])('gives each id of a %s its own outcome', (method) => {
    const tellings = ['id', 'number', 'uri', 'id and uri', 'anonymous'] as const;
    fc.assert(
      fc.property(written(tellings), fc.boolean(), ({ layout, truth }, reordered) => {
        const ids = truth.map(({ id }) => id);
        const answered = reordered && layout.naming !== 'nothing' ? truth.toReversed() : truth;
        const outcomes = readMultiStatus(writeBatchAnswer(toAnswer(answered), layout), ids, method);
        expect([...outcomes]).toEqual(truth.map((one) => [one.id, expectedOf(one, method)]));
      }),
      { numRuns: 1000 },
    );
  });
});

/** A fault in what upstream lists: places are taken modulo the list's length. */
interface Fault {
  readonly list: 'entries' | 'parts';
  readonly kind: 'drop' | 'duplicate' | 'swap' | 'foreign';
  readonly at: number;
  readonly to: number;
}

const faults: fc.Arbitrary<Fault> = fc.record({
  list: fc.constantFrom('entries', 'parts'),
  kind: fc.constantFrom('drop', 'duplicate', 'swap', 'foreign'),
  at: fc.nat(11),
  to: fc.nat(11),
});

function spoil<T>(list: readonly T[], { kind, at, to }: Fault, foreign: T): T[] {
  const spoilt = [...list];
  const from = at % Math.max(1, list.length);
  const other = to % Math.max(1, list.length);
  const item = spoilt[from];
  const second = spoilt[other];
  if (item === undefined || second === undefined) return spoilt;
  if (kind === 'drop') spoilt.splice(from, 1);
  else if (kind === 'duplicate') spoilt.splice(other, 0, item);
  else if (kind === 'foreign') spoilt.splice(other, 0, foreign);
  else [spoilt[from], spoilt[other]] = [second, item];
  return spoilt;
}

const FOREIGN = { owner: 'foreign', id: '777000777' };

function applyFault(answer: BatchAnswer, fault: Fault): BatchAnswer {
  return fault.list === 'entries'
    ? { ...answer, entries: spoil(answer.entries, fault, { id: FOREIGN.id, status: 200 }) }
    : { ...answer, parts: spoil(answer.parts, fault, FOREIGN) };
}

const cut = (answer: MultiAnswer, share: number): MultiAnswer => ({
  ...answer,
  body: answer.body.subarray(0, Math.floor(answer.body.length * share)),
});

/** Where in the body, as a share of its length; 1 leaves it whole. */
const share = fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true }));

const ownerOf = (body: unknown) => (body as { owner?: unknown } | undefined)?.owner;

describe('a batch answer with faults', () => {
  const telling = ['id', 'number', 'uri', 'id and uri'] as const;

  it.each<[BatchMethod, number]>([
    ['GET', 3],
    // The record that a PUT answers may have a new id: what is exchanged, or hidden by a second fault, cannot be told.
    ['PUT', 1],
    ['DELETE', 3],
  ])('gives each id of a %s its own outcome or none', (method, maxLength) => {
    const list = fc
      .array(faults, { maxLength })
      .filter((some) => method !== 'PUT' || some.every(({ kind }) => kind !== 'swap'));
    fc.assert(
      fc.property(written(telling), list, share, ({ layout, truth }, some, end) => {
        const ids = truth.map(({ id }) => id);
        // In the JSON form an entry holds its body: after a PUT nothing could tell that it holds another's.
        const encoding = method === 'PUT' ? 'multipart' : layout.encoding;
        const spoilt = some.reduce(applyFault, toAnswer(truth));
        const answer = cut(writeBatchAnswer(spoilt, { ...layout, encoding }), end);
        const outcomes = readMultiStatus(answer, ids, method);
        expect([...outcomes.keys()]).toEqual(ids);
        // Refusals that nothing names go by their place: one that was moved cannot be told from a sound one.
        const told = layout.naming !== 'nothing' || some.length === 0;
        for (const { id, status } of truth) {
          const outcome = outcomes.get(id);
          if (outcome?.kind === 'record') expect([ownerOf(outcome.body), status < 300]).toEqual([id, true]);
          else if (outcome?.kind === 'refusal' && told) expect(outcome.status).toBe(status);
          else if (outcome?.kind === 'done' && told) expect([method, status < 300]).toEqual(['DELETE', true]);
          else expect(['unclear', 'refusal', 'done']).toContain(outcome?.kind);
          if (outcome?.kind === 'refusal' && outcome.body !== undefined && some.length === 0) {
            expect(ownerOf(outcome.body)).toBe(id);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each<BatchMethod>(['GET', 'PUT', 'DELETE'])(
    'cut at any byte keeps of a %s what came whole',
    (method) => {
      fc.assert(
        fc.property(written(telling), share, ({ layout: any, truth }, end) => {
          const layout: Layout = { ...any, encoding: 'multipart' };
          const { newline, boundary, epilogue } = layout;
          const sound = toAnswer(truth);
          const whole = writeBatchAnswer(sound, layout);
          const answer = cut(whole, end);
          /** How far the body reaches with its summary and so many parts. */
          const endOf = (count: number) =>
            writeBatchAnswer({ ...sound, parts: sound.parts.slice(0, count) }, layout).body.length -
            Buffer.byteLength(`${newline}--${boundary}--${newline}${epilogue}`);
          const line = Buffer.byteLength(`${newline}--${boundary}--${newline}`);
          const outcomes = readMultiStatus(
            answer,
            truth.map(({ id }) => id),
            method,
          );
          truth.forEach((one, index) => {
            const own = expectedOf(one, method);
            const bare = own.kind === 'refusal' ? { ...own, body: undefined } : own;
            const without = method === 'DELETE' || own.kind === 'refusal' ? bare : { kind: 'unclear' };
            const outcome = outcomes.get(one.id);
            const length = answer.body.length;
            if (length < endOf(0)) expect(outcome).toEqual({ kind: 'unclear' });
            else if (length < endOf(0) + line) expect([{ kind: 'unclear' }, without]).toContainEqual(outcome);
            else if (length < endOf(index + 1)) expect(outcome).toEqual(without);
            else if (length < endOf(index + 1) + line) expect([own, without]).toContainEqual(outcome);
            else if (method === 'DELETE' && length < whole.body.length)
              expect([own, bare]).toContainEqual(outcome);
            else expect(outcome).toEqual(own);
          });
        }),
        { numRuns: 500 },
      );
    },
  );

  it('with flipped bits never gives a GET the record of another id', () => {
    const flips = fc.array(
      fc.tuple(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), fc.nat(7)),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(written(telling), flips, share, ({ layout, truth }, bits, end) => {
        const ids = truth.map(({ id }) => id);
        const answer = cut(writeBatchAnswer(toAnswer(truth), layout), end);
        for (const [where, bit] of bits) {
          const at = Math.floor(where * answer.body.length);
          answer.body[at] = (answer.body[at] ?? 0) ^ (1 << bit);
        }
        const outcomes = readMultiStatus(answer, ids, 'GET');
        for (const id of ids) {
          const outcome = outcomes.get(id);
          expect(outcome).toBeDefined();
          if (outcome?.kind !== 'record') continue;
          const others = ids.filter((other) => other !== id);
          expect(others).not.toContain(ownerOf(outcome.body));
        }
      }),
      { numRuns: 2000 },
    );
  });
});
