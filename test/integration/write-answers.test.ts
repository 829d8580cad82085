import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FaultOrder } from '../../src/emulator/emulator.js';
import { encodeGlobalId } from '../../src/lib/global-id.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { blockedId } from '../support/upstream.js';

const ACCOUNT = '401900100008';
const EXTENSION = '401900101008';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.emulator.reset();
});

const A = encodeGlobalId('BlockedNumber.CALLER_BLOCKING', [ACCOUNT, EXTENSION, blockedId(0)]);
const B = encodeGlobalId('BlockedNumber.CALLER_BLOCKING', [ACCOUNT, EXTENSION, blockedId(1)]);
const STRANGER = { id: 'stranger', phoneNumber: '+16505550177', label: 'Stranger', status: 'Blocked' };

const update = async (blockedNumbers: readonly object[]) => {
  const { data, errors } = await gateway.query(
    `mutation ($input: UpdateBlockedNumbersInput!) {
      updateBlockedNumbers(input: $input) { blockedNumbers { resourceId label } userErrors { id code outcome } }
    }`,
    { variables: { input: { blockedNumbers } } },
  );
  expect(errors).toEqual([]);
  return data.updateBlockedNumbers;
};
const unclear = (id: string) => ({ id, code: 'UPSTREAM_INVALID_RESPONSE', outcome: 'UNKNOWN' });

describe('the answer to a PUT', () => {
  it('with another record, although the number stays, leaves the write unknown', async () => {
    gateway.emulator.fault({ method: 'PUT', answer: { status: 200, body: STRANGER } });
    expect(await update([{ id: A, label: 'x' }])).toEqual({ blockedNumbers: [], userErrors: [unclear(A)] });
  });

  it('with another record is the one asked for under its new id where the number changes', async () => {
    gateway.emulator.fault({ method: 'PUT', answer: { status: 200, body: STRANGER } });
    expect(await update([{ id: A, phoneNumber: '+16505550177' }])).toEqual({
      blockedNumbers: [{ resourceId: 'stranger', label: 'Stranger' }],
      userErrors: [],
    });
  });

  it('with another record is not believed where an update names the number that it has', async () => {
    gateway.emulator.fault({ method: 'PUT', answer: { status: 200, body: STRANGER } });
    expect(await update([{ id: A, phoneNumber: '+16505550100', label: 'x' }])).toEqual({
      blockedNumbers: [],
      userErrors: [unclear(A)],
    });
  });

  it.each<[string, Required<Pick<FaultOrder, 'batch'>>['batch']]>([
    ['with its bodies exchanged', ({ entries, parts }) => ({ entries, parts: parts.toReversed() })],
    [
      'that refuses one and gives its record to the other',
      ({ entries, parts }) => ({
        entries: entries.map((entry, index) => (index === 0 ? { ...entry, status: 404 } : entry)),
        parts: [{ errorCode: 'CMN-102', errors: [] }, ...parts.slice(0, 1)],
      }),
    ],
  ])('%s leaves both unknown', async (_name, batch) => {
    gateway.emulator.fault({ method: 'PUT', batch });
    expect(
      await update([
        { id: A, label: 'x' },
        { id: B, label: 'y' },
      ]),
    ).toEqual({ blockedNumbers: [], userErrors: [unclear(A), unclear(B)] });
  });

  it('of the old family, which takes a label alone, never has another id', async () => {
    const old = encodeGlobalId('BlockedNumber.BLOCKED_NUMBER', [ACCOUNT, EXTENSION, blockedId(0)]);
    gateway.emulator.fault({ method: 'PUT', answer: { status: 200, body: STRANGER } });
    expect(await update([{ id: old, label: 'x' }])).toEqual({
      blockedNumbers: [],
      userErrors: [unclear(old)],
    });
  });

  it('of a forwarding number with another record leaves the write unknown', async () => {
    const { data: list } = await gateway.query('{ extension { forwardingNumbers { nodes { id } } } }');
    const [{ id }] = list.extension.forwardingNumbers.nodes;
    gateway.emulator.fault({ method: 'PUT', answer: { status: 200, body: STRANGER } });
    const { data } = await gateway.query(
      `mutation ($input: UpdateForwardingNumberInput!) {
        updateForwardingNumber(input: $input) { forwardingNumber { id } userErrors { id code outcome } }
      }`,
      { variables: { input: { id, flipNumber: '5' } } },
    );
    expect(data.updateForwardingNumber).toEqual({ forwardingNumber: null, userErrors: [unclear(id)] });
  });
});

const add = async (type: 'BlockedNumber' | 'ForwardingNumber', input: object) => {
  const { data, errors } = await gateway.query(
    `mutation ($input: Add${type}Input!) {
      add${type}(input: $input) { userErrors { code field outcome } }
    }`,
    { variables: { input: { phoneNumber: '+16505550188', ...input } } },
  );
  expect(errors).toEqual([]);
  return data[`add${type}`].userErrors;
};
const refuse = (parameterName: string) => ({
  answer: { status: 400, body: { errors: [{ errorCode: 'CMN-101', message: 'x', parameterName }] } },
});

describe('the field of a user error', () => {
  it('is the place of that field in the input', async () => {
    for (const type of ['BlockedNumber', 'ForwardingNumber'] as const) {
      gateway.emulator.fault({ method: 'POST', ...refuse('phoneNumber') });
      expect(await add(type, {})).toMatchObject([{ field: ['input', 'phoneNumber'] }]);
    }
    const old = encodeGlobalId('BlockedNumber.BLOCKED_NUMBER', [ACCOUNT, EXTENSION, blockedId(0)]);
    gateway.emulator.fault({ method: 'PUT', path: /\/blocked-number\//, ...refuse('name') });
    gateway.emulator.fault({ method: 'PUT', path: /\/caller-blocking\//, ...refuse('status') });
    const { data } = await gateway.query(
      `mutation ($input: UpdateBlockedNumbersInput!) {
        updateBlockedNumbers(input: $input) { userErrors { id field } }
      }`,
      {
        variables: {
          input: {
            blockedNumbers: [
              { id: A, status: 'ALLOWED' },
              { id: old, label: 'x' },
            ],
          },
        },
      },
    );
    expect(data.updateBlockedNumbers.userErrors).toEqual([
      { id: A, field: ['input', 'blockedNumbers', '0', 'status'] },
      { id: old, field: ['input', 'blockedNumbers', '1', 'label'] },
    ]);
  });

  it('is null for what the input does not have', async () => {
    gateway.emulator.fault({ method: 'POST', ...refuse('flipNumber') });
    expect(await add('ForwardingNumber', {})).toMatchObject([{ code: 'BAD_USER_INPUT', field: null }]);
    gateway.emulator.fault({ method: 'POST', ...refuse('extensionId') });
    expect(await add('BlockedNumber', {})).toMatchObject([{ code: 'BAD_USER_INPUT', field: null }]);
  });
});

describe('a refused credential', () => {
  it('beside an item that was refused here is a top-level error, since nothing was applied', async () => {
    const old = encodeGlobalId('BlockedNumber.BLOCKED_NUMBER', [ACCOUNT, EXTENSION, blockedId(0)]);
    const { data, errors } = await gateway.query(
      `mutation ($input: UpdateBlockedNumbersInput!) { updateBlockedNumbers(input: $input) { userErrors { id } } }`,
      {
        variables: {
          input: {
            blockedNumbers: [
              { id: A, label: 'x' },
              { id: old, status: 'ALLOWED' },
            ],
          },
        },
        token: 'nobody',
      },
    );
    expect(data.updateBlockedNumbers).toBeNull();
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
  });
});

describe('an answer without the id of its record', () => {
  const body = { phoneNumber: '+16505550100', label: 'Nameless', status: 'Blocked' };

  it('to an update that keeps the number is of the id that was written', async () => {
    gateway.emulator.fault({ method: 'PUT', answer: { status: 200, body } });
    expect(await update([{ id: A, label: 'Nameless' }])).toEqual({
      blockedNumbers: [{ resourceId: blockedId(0), label: 'Nameless' }],
      userErrors: [],
    });
  });

  it('to an update that changes the number leaves its new id, and so the write, unknown', async () => {
    gateway.emulator.fault({ method: 'PUT', answer: { status: 200, body } });
    expect(await update([{ id: A, phoneNumber: '+16505550177' }])).toEqual({
      blockedNumbers: [],
      userErrors: [unclear(A)],
    });
  });

  it('to a read by id is of the id asked for', async () => {
    gateway.emulator.fault({ method: 'GET', answer: { status: 200, body } });
    const { data } = await gateway.query('query ($id: ID!) { node(id: $id) { id } }', {
      variables: { id: A },
    });
    expect(data.node).toEqual({ id: A });
  });
});
