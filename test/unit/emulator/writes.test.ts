import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.js';
import { blockedId, send } from './client.js';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ limits: 'off' });
});
afterAll(() => emulator.stop());
beforeEach(() => {
  emulator.reset();
});

const BLOCKING = 'caller-blocking/phone-numbers';
const FIRST = blockedId('+16505550100');

describe('a blocked number', () => {
  it('is added with 200, and is Blocked unless said', async () => {
    const { status, json } = await send(emulator, BLOCKING, {
      method: 'POST',
      body: { phoneNumber: '+16505550199', label: 'Sells fridges' },
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({ id: blockedId('+16505550199'), label: 'Sells fridges', status: 'Blocked' });
    expect((await send(emulator, `${BLOCKING}/${json.id}`)).json).toEqual(json);
  });

  it('is added by the old family under the same id', async () => {
    const body = { phoneNumber: '+16505550199', name: 'Sells fridges' };
    const { json } = await send(emulator, 'blocked-number', { method: 'POST', body });
    expect(json).toMatchObject({ id: blockedId('+16505550199'), name: 'Sells fridges' });
    expect((await send(emulator, `${BLOCKING}/${json.id}`)).json).toMatchObject({
      label: 'Sells fridges',
      status: 'Blocked',
    });
  });

  it('is replaced whole: what the body leaves out is gone', async () => {
    const body = { phoneNumber: '+16505550100', status: 'Allowed' };
    await send(emulator, `${BLOCKING}/${FIRST}`, { method: 'PUT', body });
    const { json } = await send(emulator, `${BLOCKING}/${FIRST}`);
    expect(json).toMatchObject(body);
    expect(json).not.toHaveProperty('label');
  });

  it('stays where it was in the list when it is replaced', async () => {
    const body = { phoneNumber: '+16505550100', label: 'New' };
    await send(emulator, `${BLOCKING}/${FIRST}`, { method: 'PUT', body });
    expect((await send(emulator, BLOCKING)).json.records[0]).toMatchObject({ id: FIRST, label: 'New' });
  });

  it('with a new number has a new id, and the old one is gone', async () => {
    const body = { phoneNumber: '+16505550198', label: 'Moved' };
    const { json } = await send(emulator, `${BLOCKING}/${FIRST}`, { method: 'PUT', body });
    expect(json.id).toBe(blockedId('+16505550198'));
    expect((await send(emulator, `${BLOCKING}/${FIRST}`)).status).toBe(404);
    expect((await send(emulator, `${BLOCKING}/${json.id}`)).json.label).toBe('Moved');
  });

  it('of the old family takes a name alone and keeps the rest', async () => {
    const body = { name: 'Renamed', phoneNumber: '+16505550198' };
    await send(emulator, `blocked-number/${FIRST}`, { method: 'PUT', body });
    expect((await send(emulator, `${BLOCKING}/${FIRST}`)).json).toMatchObject({
      phoneNumber: '+16505550100',
      label: 'Renamed',
      status: 'Blocked',
    });
  });

  it('of a status that nobody knows may be written back with it', async () => {
    const id = blockedId('+16505550105');
    const { phoneNumber, label, status } = (await send(emulator, `${BLOCKING}/${id}`)).json;
    expect(status).toBe('Quarantined');
    const body = { phoneNumber, label, status };
    expect((await send(emulator, `${BLOCKING}/${id}`, { method: 'PUT', body })).status).toBe(200);
  });

  it('is gone after one 204, and not there after that', async () => {
    const sent = { method: 'DELETE' };
    expect((await send(emulator, `${BLOCKING}/${FIRST}`, sent)).status).toBe(204);
    expect((await send(emulator, `${BLOCKING}/${FIRST}`, sent)).json.errorCode).toBe('CMN-102');
    expect((await send(emulator, `blocked-number/${FIRST}`)).status).toBe(404);
  });

  it.each([
    ['no number', { label: 'x' }, 'CMN-101', 'phoneNumber'],
    ['a number that is not E.164', { phoneNumber: '6505550199' }, 'CMN-101', 'phoneNumber'],
    ['a label of 61 characters', { phoneNumber: '+16505550199', label: 'x'.repeat(61) }, 'CMN-101', 'label'],
    ['an unknown status', { phoneNumber: '+16505550199', status: 'Maybe' }, 'CMN-101', 'status'],
    ['a number that is there', { phoneNumber: '+16505550101' }, 'CMN-406', 'phoneNumber'],
  ])(
    'with %s is refused by POST and PUT, and nothing changes',
    async (_name, body, errorCode, parameterName) => {
      const before = (await send(emulator, BLOCKING)).json;
      for (const [method, path] of [
        ['POST', BLOCKING],
        ['PUT', `${BLOCKING}/${FIRST}`],
      ] as const) {
        const { status, json } = await send(emulator, path, { method, body });
        expect(status).toBe(400);
        expect(json.errors[0]).toMatchObject({ errorCode, parameterName });
      }
      expect((await send(emulator, BLOCKING)).json).toEqual(before);
    },
  );

  it('that is refused is told with its number, and as InvalidParameter in the old error model', async () => {
    const { json } = await send(emulator, BLOCKING, { method: 'POST', body: { phoneNumber: '650-555' } });
    expect(json.errorCode).toBe('InvalidParameter');
    expect(json.errors[0].parameterValue).toBe('650-555');
  });

  it('of 60 characters is taken', async () => {
    const body = { phoneNumber: '+16505550199', label: 'x'.repeat(60) };
    expect((await send(emulator, BLOCKING, { method: 'POST', body })).status).toBe(200);
  });

  it.each(['{', '[]', '"x"'])('with the body %s is CMN-103', async (body) => {
    const { status, json } = await send(emulator, BLOCKING, { method: 'POST', body });
    expect([status, json.errorCode]).toEqual([400, 'CMN-103']);
  });
});

describe('a forwarding number', () => {
  const FORWARDING = 'forwarding-number';

  it('with a label is of the type Other', async () => {
    const body = { phoneNumber: '+16505550198', label: 'Cabin' };
    const { status, json } = await send(emulator, FORWARDING, { method: 'POST', body });
    expect(status).toBe(200);
    expect(json).toMatchObject({ ...body, type: 'Other' });
    expect((await send(emulator, `${FORWARDING}/${json.id}`)).json).toEqual(json);
  });

  it('with a type loses its label', async () => {
    const body = { phoneNumber: '+16505550198', label: 'Cabin', type: 'Home' };
    const { json } = await send(emulator, FORWARDING, { method: 'POST', body });
    expect(json.type).toBe('Home');
    expect(json).not.toHaveProperty('label');
  });

  it('of a phone line has a device in place of a number', async () => {
    const line = { type: 'PhoneLine', device: { id: '801' } };
    const { status } = await send(emulator, FORWARDING, { method: 'POST', body: line });
    const both = { ...line, phoneNumber: '+16505550198' };
    const refused = await send(emulator, FORWARDING, { method: 'POST', body: both });
    expect([status, refused.status]).toEqual([200, 400]);
  });

  it('that the company has is FPN-105, which quotes it', async () => {
    const body = { phoneNumber: '+16505551001' };
    const { status, json } = await send(emulator, FORWARDING, { method: 'POST', body });
    expect(status).toBe(400);
    expect(json).toMatchObject({
      errorCode: 'FPN-105',
      message: 'Number +16505551001 duplicates company number',
    });
  });

  it('is replaced whole, but for what is not written', async () => {
    const { json } = await send(emulator, FORWARDING);
    const [{ id, features }] = json.records;
    const body = { phoneNumber: '+16505550198', flipNumber: '7' };
    const replaced = await send(emulator, `${FORWARDING}/${id}`, { method: 'PUT', body });
    expect(replaced.json).toMatchObject({ id, ...body, features, type: 'Other' });
    expect(replaced.json).not.toHaveProperty('label');
  });

  it('of a device cannot be deleted: FPN-107; any other can, once', async () => {
    const { json } = await send(emulator, FORWARDING);
    const device = json.records.find((record: { device?: unknown }) => record.device);
    const sent = { method: 'DELETE' };
    const refused = await send(emulator, `${FORWARDING}/${device.id}`, sent);
    expect([refused.status, refused.json.errorCode]).toEqual([403, 'FPN-107']);
    const path = `${FORWARDING}/${json.records[0].id}`;
    expect((await send(emulator, path, sent)).status).toBe(204);
    expect((await send(emulator, path, sent)).status).toBe(404);
  });

  it('has an id that nobody had before', async () => {
    const body = { phoneNumber: '+16505550198' };
    const added = await send(emulator, FORWARDING, { method: 'POST', body });
    await send(emulator, `${FORWARDING}/${added.json.id}`, { method: 'DELETE' });
    const again = await send(emulator, FORWARDING, { method: 'POST', body });
    expect(again.json.id).not.toBe(added.json.id);
  });
});
