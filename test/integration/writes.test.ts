import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../src/lib/global-id.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
let account: string;
let extension: string;
let known: { id: string; resourceId: string; phoneNumber: string; label: string | null; status: string }[];

beforeAll(async () => {
  gateway = await startGateway({ BATCH_MAX_IDS: '3' });
  const { data } = await gateway.query(
    '{ extension { resourceId accountId blockedNumbers(first: 1000) { nodes { id resourceId phoneNumber label status } } } }',
  );
  ({ accountId: account, resourceId: extension } = data.extension);
  known = data.extension.blockedNumbers.nodes.filter(
    ({ label, status }: { label: string | null; status: string | null }) =>
      label !== null && status === 'BLOCKED',
  );
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.emulator.reset();
});

const globalId = (id: string) => encodeGlobalId('BlockedNumber.CALLER_BLOCKING', [account, extension, id]);
const missing = (number: number) =>
  globalId(Buffer.from(String(19_995_550_000 + number)).toString('base64url'));
const nth = (index: number) => {
  const record = known[index];
  if (record === undefined) throw new Error('the emulator holds too few blocked numbers');
  return record;
};

const UPDATE = `mutation ($updates: [BlockedNumberUpdate!]!) {
  updateBlockedNumbers(input: { blockedNumbers: $updates }) {
    blockedNumbers { id resourceId phoneNumber label status }
    userErrors { id code outcome upstreamCode retryAfterSeconds field }
  }
}`;
const DELETE = `mutation ($ids: [ID!]!) {
  deleteBlockedNumbers(input: { ids: $ids }) { deletedIds userErrors { id code outcome upstreamCode } }
}`;
const update = (updates: readonly object[]) => gateway.query(UPDATE, { variables: { updates } });
const remove = (ids: readonly string[]) => gateway.query(DELETE, { variables: { ids } });
const methods = () => gateway.emulator.journal.map(({ method }) => method);

describe('a partial update', () => {
  it('keeps what it does not name, clears a null label, and reads first', async () => {
    const { data, errors } = await update([
      { id: nth(0).id, label: 'New' },
      { id: nth(1).id, status: 'ALLOWED' },
      { id: nth(2).id, label: null },
    ]);
    expect(errors).toEqual([]);
    expect(data.updateBlockedNumbers).toEqual({
      blockedNumbers: [
        { ...nth(0), label: 'New' },
        { ...nth(1), status: 'ALLOWED' },
        { ...nth(2), label: null },
      ],
      userErrors: [],
    });
    expect(methods()).toEqual(['GET', 'PUT']);
    const put = gateway.emulator.journal[1];
    expect(put?.headers['content-type']).toMatch(/^multipart\/mixed; boundary=/);
    const sent = [...(put?.body ?? '').matchAll(/^\{.*\}$/gm)].map(([json]) => JSON.parse(json) as object);
    expect(sent).toEqual([
      { phoneNumber: nth(0).phoneNumber, label: 'New', status: 'Blocked' },
      { phoneNumber: nth(1).phoneNumber, label: nth(1).label, status: 'Allowed' },
      { phoneNumber: nth(2).phoneNumber, status: 'Blocked' },
    ]);
  });

  it('of the phone number shows the record under its new id, and the old one is gone', async () => {
    const { data } = await update([{ id: nth(0).id, phoneNumber: '+16505559999' }]);
    const [record] = data.updateBlockedNumbers.blockedNumbers;
    expect(record).toMatchObject({ phoneNumber: '+16505559999', label: nth(0).label });
    expect(record.id).not.toBe(nth(0).id);
    const after = await gateway.query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      variables: { ids: [nth(0).id, record.id] },
    });
    expect(after.data.nodes).toEqual([null, { id: record.id }]);
  });

  it('refuses what it cannot mean, and sends nothing', async () => {
    const { id } = nth(0);
    const bad = [
      [{ id }],
      [{ id, phoneNumber: null }],
      [{ id, status: null }],
      [{ id, status: 'UNKNOWN' }],
      [
        { id, label: 'a' },
        { id, label: 'b' },
      ],
      [
        { id: 'nonsense', label: 'a' },
        { id, label: 'b' },
      ],
      [{ id: encodeGlobalId('Extension', [account, extension]), label: 'a' }],
      [{ id: encodeGlobalId('BlockedNumber.CALLER_BLOCKING', [account, extension, '..']), label: 'a' }],
      [{ id: encodeGlobalId('BlockedNumber.CALLER_BLOCKING', ['~', '~', nth(0).resourceId]), label: 'a' }],
    ];
    for (const updates of bad) {
      const { data, errors } = await update(updates);
      expect(data.updateBlockedNumbers).toBeNull();
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
    }
    expect(gateway.calls()).toEqual([]);
  });

  it('of the old family takes a label alone; anything else is a user error of that item', async () => {
    const old = (index: number) =>
      encodeGlobalId('BlockedNumber.BLOCKED_NUMBER', [account, extension, nth(index).resourceId]);
    const { data } = await update([
      { id: old(0), label: 'Old' },
      { id: old(1), status: 'ALLOWED' },
    ]);
    expect(data.updateBlockedNumbers.blockedNumbers).toMatchObject([
      { id: old(0), label: 'Old', status: 'BLOCKED' },
    ]);
    expect(data.updateBlockedNumbers.userErrors).toMatchObject([
      { id: old(1), code: 'BAD_USER_INPUT', outcome: 'NOT_APPLIED' },
    ]);
    expect(methods()).toEqual(['PUT']);
  });
});

describe('each item of a write has an outcome of its own', () => {
  it('a missing entry is NOT_FOUND, its neighbours are deleted, a late chunk is told apart', async () => {
    const ids = [nth(0).id, missing(1), nth(1).id, nth(2).id];
    const { data, errors } = await remove(ids);
    expect(errors).toEqual([]);
    expect(data.deleteBlockedNumbers).toEqual({
      deletedIds: [nth(0).id, nth(1).id, nth(2).id],
      userErrors: [{ id: missing(1), code: 'NOT_FOUND', outcome: 'NOT_APPLIED', upstreamCode: 'CMN-102' }],
    });
    expect(methods()).toEqual(['DELETE', 'DELETE']);
  });

  it('a chunk that fails does not hide another that succeeded', async () => {
    gateway.emulator.fault({
      method: 'DELETE',
      path: new RegExp(`/${nth(3).resourceId}$`),
      answer: { status: 503, text: '<html>' },
    });
    const { data } = await remove([0, 1, 2, 3].map((index) => nth(index).id));
    expect(data.deleteBlockedNumbers).toEqual({
      deletedIds: [0, 1, 2].map((index) => nth(index).id),
      userErrors: [{ id: nth(3).id, code: 'UPSTREAM_UNAVAILABLE', outcome: 'UNKNOWN', upstreamCode: null }],
    });
    expect(methods()).toEqual(['DELETE', 'DELETE']);
  });

  it.each(['empty', 'absent'] as const)('the parts of what was deleted may be %s', async (deletedParts) => {
    gateway.emulator.setVariant({ deletedParts });
    const { data } = await remove([nth(0).id, missing(1), nth(1).id]);
    expect(data.deleteBlockedNumbers.deletedIds).toEqual([nth(0).id, nth(1).id]);
    expect(data.deleteBlockedNumbers.userErrors).toMatchObject([{ id: missing(1), upstreamCode: 'CMN-102' }]);
  });

  it('a repeated id is deleted once', async () => {
    const { data } = await remove([nth(0).id, nth(0).id]);
    expect(data.deleteBlockedNumbers.deletedIds).toEqual([nth(0).id]);
    expect(methods()).toEqual(['DELETE']);
  });

  it('an empty list reaches no URL', async () => {
    expect((await remove([])).data.deleteBlockedNumbers).toEqual({ deletedIds: [], userErrors: [] });
    expect((await update([])).data.updateBlockedNumbers).toEqual({ blockedNumbers: [], userErrors: [] });
    expect(gateway.calls()).toEqual([]);
  });
});

describe('a write is never repeated unless it was certainly not applied', () => {
  it.each([
    ['a reset after it was applied', { reset: 'afterApplying' as const }],
    ['a 502 from a proxy', { answer: { status: 502, text: '<html>Bad Gateway</html>' } }],
    ['an answer cut off', { truncate: 0.5 }],
    ['an answer that is no JSON', { answer: { status: 200, text: 'OK' } }],
  ])('%s leaves it unknown', async (_name, fault) => {
    gateway.emulator.fault({ method: 'PUT', ...fault });
    const { data, errors } = await update([{ id: nth(0).id, label: 'Once' }]);
    expect(errors).toEqual([]);
    expect(data.updateBlockedNumbers).toMatchObject({
      blockedNumbers: [],
      userErrors: [{ id: nth(0).id, outcome: 'UNKNOWN' }],
    });
    expect(methods()).toEqual(['GET', 'PUT']);
  });

  it('no connection means not applied', async () => {
    const lonely = await startGateway({ RINGCENTRAL_SERVER_URL: 'http://127.0.0.1:1' });
    const { data } = await lonely.query(DELETE, { variables: { ids: [nth(0).id] } });
    expect(data.deleteBlockedNumbers.userErrors).toMatchObject([
      { code: 'UPSTREAM_UNAVAILABLE', outcome: 'NOT_APPLIED' },
    ]);
    await lonely.stop();
  });

  it('a read before it that fails means that it was not sent', async () => {
    gateway.emulator.fault({ method: 'GET', answer: { status: 500, text: '' } });
    const { data } = await update([{ id: nth(0).id, label: 'Never' }]);
    expect(data.updateBlockedNumbers.userErrors).toMatchObject([
      { code: 'UPSTREAM_UNAVAILABLE', outcome: 'NOT_APPLIED' },
    ]);
    expect(methods()).toEqual(['GET']);
  });

  it('a lower limit that RingCentral tells cuts it again, once, and is remembered', async () => {
    const small = await startGateway({ BATCH_MAX_IDS: '30' }, { emulator: { batchLimit: 2 } });
    const ids = [0, 1, 2, 3].map((index) => nth(index).id);
    const { data } = await small.query(DELETE, { variables: { ids } });
    expect(data.deleteBlockedNumbers).toEqual({ deletedIds: ids, userErrors: [] });
    expect(small.emulator.journal.map(({ status }) => status)).toEqual([400, 204, 204]);
    small.emulator.clearJournal();
    await small.query(DELETE, { variables: { ids } });
    expect(small.calls()).toHaveLength(2);
    await small.stop();
  });
});

describe('what a write touched is read anew', () => {
  it('by later fields of the same request', async () => {
    const { data } = await gateway.query(
      `mutation ($a: ID!, $b: ID!) {
        first: updateBlockedNumbers(input: { blockedNumbers: [{ id: $a, label: "One" }] }) { blockedNumbers { extension { blockedNumber(resourceId: "${nth(1).resourceId}") { label } } } }
        second: updateBlockedNumbers(input: { blockedNumbers: [{ id: $b, label: "Two" }] }) { blockedNumbers { extension { blockedNumber(resourceId: "${nth(1).resourceId}") { label } } } }
      }`,
      { variables: { a: nth(0).id, b: nth(1).id } },
    );
    expect(data.first.blockedNumbers[0].extension.blockedNumber.label).toBe(nth(1).label);
    expect(data.second.blockedNumbers[0].extension.blockedNumber.label).toBe('Two');
  });
});

describe('forwarding numbers', () => {
  const ADD = `mutation ($input: AddForwardingNumberInput!) {
    addForwardingNumber(input: $input) { forwardingNumber { id phoneNumber label type flipNumber } userErrors { code outcome upstreamCode field message } }
  }`;

  it('are added, changed and keep what is not named', async () => {
    const { data } = await gateway.query(ADD, {
      variables: { input: { phoneNumber: '+16505558888', label: 'Boat' } },
    });
    const added = data.addForwardingNumber.forwardingNumber;
    expect(added).toMatchObject({ phoneNumber: '+16505558888', label: 'Boat', type: 'OTHER' });
    const changed = await gateway.query(
      'mutation ($input: UpdateForwardingNumberInput!) { updateForwardingNumber(input: $input) { forwardingNumber { id phoneNumber label type flipNumber } userErrors { code } } }',
      { variables: { input: { id: added.id, flipNumber: '5' } } },
    );
    expect(changed.data.updateForwardingNumber).toEqual({
      forwardingNumber: { ...added, flipNumber: '5' },
      userErrors: [],
    });
  });

  it('with a type and a label at once are refused, since the label would be dropped', async () => {
    const { data, errors } = await gateway.query(ADD, {
      variables: { input: { phoneNumber: '+16505558888', label: 'Boat', type: 'HOME' } },
    });
    expect(data.addForwardingNumber).toBeNull();
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(gateway.calls()).toEqual([]);
  });

  it('of the company are refused by RingCentral, and no error quotes the number', async () => {
    const { data } = await gateway.query(ADD, { variables: { input: { phoneNumber: '+16505551003' } } });
    expect(data.addForwardingNumber).toMatchObject({
      forwardingNumber: null,
      userErrors: [
        {
          code: 'BAD_USER_INPUT',
          outcome: 'NOT_APPLIED',
          upstreamCode: 'FPN-105',
          field: ['input', 'phoneNumber'],
        },
      ],
    });
    expect(JSON.stringify(data)).not.toContain('6505551003');
  });

  it('of a device stay, and the others go', async () => {
    const { data: list } = await gateway.query('{ extension { forwardingNumbers { nodes { id type } } } }');
    const nodes: { id: string; type: string }[] = list.extension.forwardingNumbers.nodes;
    const device = nodes.find(({ type }) => type === 'PHONE_LINE')?.id;
    const other = nodes.find(({ type }) => type === 'HOME')?.id;
    const { data } = await gateway.query(
      'mutation ($ids: [ID!]!) { deleteForwardingNumbers(input: { ids: $ids }) { deletedIds userErrors { id code upstreamCode outcome } } }',
      { variables: { ids: [device, other] } },
    );
    expect(data.deleteForwardingNumbers).toEqual({
      deletedIds: [other],
      userErrors: [{ id: device, code: 'FORBIDDEN', upstreamCode: 'FPN-107', outcome: 'NOT_APPLIED' }],
    });
  });
});

describe('a credential', () => {
  it('that is missing or refused is a top-level error, and nothing was written', async () => {
    for (const token of [null, 'nobody']) {
      const { data, errors } = await gateway.query(DELETE, { variables: { ids: [nth(0).id] }, token });
      expect(data.deleteBlockedNumbers).toBeNull();
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
    }
  });

  it('without the permission is FORBIDDEN for each item', async () => {
    const { data } = await gateway.query(DELETE, {
      variables: { ids: [nth(0).id] },
      token: gateway.emulator.tokens.readOnly,
    });
    expect(data.deleteBlockedNumbers.userErrors).toMatchObject([
      { code: 'FORBIDDEN', upstreamCode: 'CMN-408', outcome: 'NOT_APPLIED' },
    ]);
  });
});
