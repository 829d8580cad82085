import { describe, expect, it } from 'vitest';
import { refusal, tally, writeInGroups, type Item } from '../../../src/domain-kit/mutation.js';
import {
  BadUserInputError,
  GatewayError,
  type ErrorExtensions,
  type MutationOutcome,
} from '../../../src/errors.js';
import type { Written } from '../../../src/upstream/writes.js';

const failed = (extensions: ErrorExtensions, outcome: MutationOutcome = 'NOT_APPLIED'): Written => ({
  ok: false,
  error: new GatewayError(`It is ${extensions.code}.`, extensions),
  outcome,
});
const DONE: Written = { ok: true, record: { id: '1' } };
const REFUSED = failed({ code: 'UNAUTHENTICATED' });
const LOCAL = refusal(new BadUserInputError('Not that.'));
const MISSING = failed({ code: 'NOT_FOUND' });
const UNCERTAIN = failed({ code: 'UPSTREAM_TIMEOUT' }, 'UNKNOWN');

const sort = (written: readonly Written[], toResult: () => string = () => 'done') =>
  tally(
    written.map((one, index): [Item, Written] => [{ id: String(index) }, one]),
    toResult,
  );

describe('a refused credential', () => {
  it.each<[string, Written[]]>([
    ['alone', [REFUSED]],
    ['of all items', [REFUSED, REFUSED]],
    ['beside what was refused here', [LOCAL, REFUSED]],
    ['beside what was refused upstream', [REFUSED, MISSING]],
  ])('%s stops the mutation, in which nothing had effect', (_, written) => {
    expect(() => sort(written)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  });

  it.each<[string, Written[]]>([
    ['was applied', [REFUSED, DONE]],
    ['is uncertain', [REFUSED, UNCERTAIN]],
  ])('is a user error where something else %s', (_, written) => {
    expect(sort(written).userErrors[0]).toMatchObject({ id: '0', code: 'UNAUTHENTICATED' });
  });

  it('is a user error where something else was applied that cannot be read', () => {
    const unreadable = () => {
      throw new GatewayError('No id.', { code: 'UPSTREAM_INVALID_RESPONSE' });
    };
    expect(sort([REFUSED, DONE], unreadable).userErrors).toMatchObject([
      { id: '0', code: 'UNAUTHENTICATED', outcome: 'NOT_APPLIED' },
      { id: '1', code: 'UPSTREAM_INVALID_RESPONSE', outcome: 'UNKNOWN' },
    ]);
  });
});

describe('a user error', () => {
  const field = (parameterName: string | undefined, input?: Item['input']) => {
    const upstream = { status: 400, ...(parameterName !== undefined && { parameterName }) };
    const written = failed({ code: 'BAD_USER_INPUT', upstream });
    const { userErrors } = tally([[{ id: null, ...(input && { input }) }, written]], () => '');
    return userErrors[0]?.field;
  };
  const input = { path: ['input', 'blockedNumbers', '2'], fields: { name: 'label', status: 'status' } };

  it('names the input field that RingCentral names, by the name that it has in the input', () => {
    expect(field('name', input)).toEqual(['input', 'blockedNumbers', '2', 'label']);
    expect(field('status', input)).toEqual(['input', 'blockedNumbers', '2', 'status']);
  });

  it.each(['blockedNumberId', 'label', 'records[0].name', 'constructor', '', undefined])(
    'names none for %j, which the input does not have',
    (parameterName) => {
      expect(field(parameterName, input)).toBeNull();
      expect(field(parameterName)).toBeNull();
    },
  );

  it('tells what is known of the failure, and null for the rest', () => {
    const upstream = { status: 429, errorCode: 'CMN-301' };
    expect(sort([failed({ code: 'RATE_LIMITED', retryAfterSeconds: 7, upstream }), UNCERTAIN])).toEqual({
      done: [],
      userErrors: [
        {
          code: 'RATE_LIMITED',
          message: 'It is RATE_LIMITED.',
          id: '0',
          field: null,
          upstreamCode: 'CMN-301',
          outcome: 'NOT_APPLIED',
          retryAfterSeconds: 7,
        },
        {
          code: 'UPSTREAM_TIMEOUT',
          message: 'It is UPSTREAM_TIMEOUT.',
          id: '1',
          field: null,
          upstreamCode: null,
          outcome: 'UNKNOWN',
          retryAfterSeconds: null,
        },
      ],
    });
  });
});

describe('items written in groups', () => {
  it('keep their order, and one that a group says nothing of is uncertain', async () => {
    const written = await writeInGroups(
      ['a1', 'b1', 'a2', 'b2'],
      (item) => item.charAt(0),
      (group) => Promise.resolve(group[0] === 'a1' ? [DONE, MISSING] : [DONE]),
    );
    expect(written.map(([item]) => item)).toEqual(['a1', 'b1', 'a2', 'b2']);
    expect(written.map(([, { ok }]) => ok)).toEqual([true, true, false, false]);
    expect(written[3]?.[1]).toMatchObject({ outcome: 'UNKNOWN' });
  });
});
