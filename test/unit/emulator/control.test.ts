import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.js';
import { ManualClock } from '../../support/manual-clock.js';
import { blockedId, OWN, send } from './client.js';

const clock = new ManualClock();
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ limits: 'off', clock });
});
afterAll(() => emulator.stop());
beforeEach(() => {
  emulator.reset();
});

const TWO = `caller-blocking/phone-numbers/${['+16505550100', '+16505550101'].map(blockedId).join(',')}`;
const order = (body: unknown, headers = {}) =>
  send(emulator, '/emulator/faults', { method: 'POST', token: null, body, headers });

describe('POST /emulator/faults', () => {
  it.each([
    [401, 'CMN-405'],
    [429, 'CMN-301'],
    [503, 'CMN-201'],
  ])('orders %i for the next calls to one operation', async (status, errorCode) => {
    const faults = { operation: 'loadExtensionInfo', times: 2, status, retryAfterSeconds: 7 };
    expect((await order(faults)).status).toBe(204);
    expect((await send(emulator, TWO)).status).toBe(207);
    for (let call = 0; call < 2; call += 1) {
      const refused = await send(emulator, OWN);
      expect([refused.status, refused.json.errors[0].errorCode]).toEqual([status, errorCode]);
      expect(refused.headers.get('retry-after')).toBe(status === 401 ? null : '7');
    }
    expect((await send(emulator, OWN)).status).toBe(200);
  });

  it("orders a proxy's page", async () => {
    await order({ status: 502 });
    const { status, text } = await send(emulator, OWN);
    expect([status, text]).toEqual([502, expect.stringContaining('<html>')]);
  });

  it('orders a slow answer', async () => {
    await order({ slowMs: 60_000, method: 'GET' });
    const answer = send(emulator, OWN);
    await emulator.arrived(1);
    await clock.advance(60_000);
    expect((await answer).status).toBe(200);
  });

  it('orders a truncated 207', async () => {
    await order({ operation: 'listBlockedAllowedPhoneNumber', truncate: 0.5 });
    await expect(send(emulator, TWO)).rejects.toThrow();
    expect((await send(emulator, TWO)).status).toBe(207);
  });

  it("orders a reset for one caller's calls", async () => {
    await order({ reset: 'before', token: emulator.tokens.otherUser });
    expect((await send(emulator, OWN)).status).toBe(200);
    await expect(send(emulator, OWN, { token: emulator.tokens.otherUser })).rejects.toThrow();
  });

  it.each([
    [{}, 'needs one of status, slowMs, truncate, reset'],
    [{ status: 200 }, 'status: '],
    [{ status: 503, operation: 'loadBlockedNumbers' }, 'operation: is no operation of the emulator'],
    [{ status: 503, time: 2 }, 'time'],
    ['{', 'expected object'],
  ])('refuses %j and says why', async (body, why) => {
    const { status, json } = await order(body);
    expect([status, json.faults]).toEqual([400, [expect.stringContaining(why)]]);
    expect((await send(emulator, OWN)).status).toBe(200);
  });

  it('refuses what the form of a web page can send', async () => {
    expect((await order('{"status":503}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await send(emulator, OWN)).status).toBe(200);
  });
});

describe('GET /emulator/journal', () => {
  it('tells the calls that arrived, and is none of them', async () => {
    await order({ status: 503 });
    await send(emulator, `${OWN}?page=1`);
    const { status, json } = await send(emulator, '/emulator/journal', { token: null });
    expect(status).toBe(200);
    expect(json.calls).toEqual([
      {
        at: new Date(clock.now()).toISOString(),
        method: 'GET',
        path: OWN,
        query: 'page=1',
        operation: 'loadExtensionInfo',
        token: emulator.demoToken,
        body: '',
        status: 503,
      },
    ]);
    expect(emulator.journal).toHaveLength(1);
  });
});

it('what else is asked below /emulator/ is an address that RingCentral does not have', async () => {
  expect((await send(emulator, '/emulator/other')).status).toBe(404);
});
