import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMultiStatus, type BatchMethod } from '../../../src/upstream/multi-status.js';
import { expectedOf, toAnswer, written, type Truth } from '../../support/multi-status-arbitraries.js';
import { UNCLEAR } from '../../support/multi-status-samples.js';
import { toHref, writeBatchAnswer } from '../../support/multi-status-writer.js';

const FOREIGN = '777000777';

/** Whose name a body bears where its own should stand, and where it stands. */
interface Misnaming {
  readonly at: number;
  readonly as: 'asked' | 'foreign';
  /** The asked one, if it is one: so many places further on. */
  readonly offset: number;
  readonly by: 'id' | 'uri' | 'both';
}

const misnamings: fc.Arbitrary<Misnaming> = fc.record({
  at: fc.nat(11),
  as: fc.constantFrom('asked', 'foreign'),
  offset: fc.integer({ min: 1, max: 11 }),
  by: fc.constantFrom('id', 'uri', 'both'),
});

/** The truth with one body that bears another's name, and what that makes of the ids that it touches. */
function misname(truth: readonly Truth[], { at, as, offset, by }: Misnaming) {
  const index = at % truth.length;
  const other = as === 'asked' ? (truth[(index + offset) % truth.length]?.id ?? FOREIGN) : FOREIGN;
  const spoilt = truth.map((one, place) => {
    if (place !== index) return one;
    const { id } = one;
    const names = { id: by === 'uri' ? id : other, uri: toHref(by === 'id' ? id : other) };
    // A refusal need not name its own id, so it names the other alone.
    const own = one.status < 300 ? names : by === 'uri' ? { uri: names.uri } : { id: other };
    return { ...one, body: { ...one.body, ...own } };
  });
  return { spoilt, id: truth[index]?.id ?? '', other };
}

describe('a body that bears another’s name', () => {
  it.each<BatchMethod>(['GET', 'PUT'])(
    'makes the ids of a %s that it touches unclear, and no other',
    (method) => {
      fc.assert(
        fc.property(
          written(['id', 'number', 'uri', 'id and uri', 'anonymous']),
          misnamings,
          fc.boolean(),
          ({ layout, truth }, misnaming, mayRename) => {
            const { spoilt, id, other } = misname(truth, misnaming);
            const ids = truth.map((one) => one.id);
            const renamed = new Set(method === 'PUT' && mayRename ? ids : []);
            const outcomes = readMultiStatus(
              writeBatchAnswer(toAnswer(spoilt), layout),
              ids,
              method,
              renamed,
            );
            for (const one of spoilt) {
              const fine =
                other === id ||
                // A refusal may speak of what nobody asked for, and a renamed record bears a new id.
                (other === FOREIGN && (one.status >= 400 || (renamed.has(id) && misnaming.by !== 'uri')));
              const touched = one.id === id || one.id === other;
              expect(outcomes.get(one.id)).toEqual(touched && !fine ? UNCLEAR : expectedOf(one, method));
            }
          },
        ),
        { numRuns: 2000 },
      );
    },
  );

  it('changes nothing of a DELETE, of which the statuses decide alone', () => {
    fc.assert(
      fc.property(written(['id and uri']), misnamings, ({ layout, truth }, misnaming) => {
        const { spoilt } = misname(truth, misnaming);
        const ids = truth.map(({ id }) => id);
        const outcomes = readMultiStatus(writeBatchAnswer(toAnswer(spoilt), layout), ids, 'DELETE');
        expect([...outcomes]).toEqual(spoilt.map((one) => [one.id, expectedOf(one, 'DELETE')]));
      }),
      { numRuns: 500 },
    );
  });
});
