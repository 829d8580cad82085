import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.js';
import { loginRequired, proxyPage, rateExceeded, unavailable } from '../../../src/emulator/faults.js';
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

const BLOCKING = 'caller-blocking/phone-numbers';
const [A, B] = ['+16505550100', '+16505550101'].map(blockedId) as [string, string];
const status = async (path: string, method = 'GET') => (await send(emulator, path, { method })).status;

describe('a fault is met by', () => {
  it('as many calls as ordered, then by none', async () => {
    emulator.fault({ times: 2, answer: unavailable() });
    expect([await status(OWN), await status(OWN), await status(OWN)]).toEqual([503, 503, 200]);
  });

  it('one call unless said', async () => {
    emulator.fault({ answer: unavailable() });
    expect([await status(OWN), await status(OWN)]).toEqual([503, 200]);
  });

  it('calls of its method alone', async () => {
    emulator.fault({ method: 'DELETE', answer: unavailable() });
    expect(await status(`${BLOCKING}/${A}`)).toBe(200);
    expect(await status(`${BLOCKING}/${A}`, 'DELETE')).toBe(503);
  });

  it('calls to its path alone, also where the pattern is global', async () => {
    emulator.fault({ times: 2, path: /forwarding/g, answer: unavailable() });
    expect(await status(OWN)).toBe(200);
    expect([await status('forwarding-number'), await status('forwarding-number')]).toEqual([503, 503]);
  });

  it('calls of its operation alone', async () => {
    emulator.fault({ operation: 'loadBlockedNumber', answer: unavailable() });
    expect(await status(`${BLOCKING}/${A}`)).toBe(200);
    expect(await status('blocked-number')).toBe(200);
    expect(await status(`blocked-number/${A}`)).toBe(503);
  });

  it('one caller’s calls alone', async () => {
    emulator.fault({ token: emulator.tokens.otherUser, answer: unavailable() });
    expect(await status(OWN)).toBe(200);
    expect((await send(emulator, OWN, { token: emulator.tokens.otherUser })).status).toBe(503);
  });

  it('the call that comes first, where several are ordered in their order', async () => {
    emulator.fault({ answer: unavailable() });
    emulator.fault({ answer: proxyPage() });
    expect([await status(OWN), await status(OWN)]).toEqual([503, 502]);
  });

  it('nobody after a reset', async () => {
    emulator.fault({ answer: unavailable() });
    emulator.reset();
    expect(await status(OWN)).toBe(200);
  });
});

describe('an ordered answer', () => {
  it('is sent as it is, and nothing is applied', async () => {
    emulator.fault({ answer: { status: 500, text: '', headers: { 'x-odd': '1' } } });
    const { headers, text } = await send(emulator, `${BLOCKING}/${A}`, { method: 'DELETE' });
    expect([headers.get('x-odd'), text]).toEqual(['1', '']);
    expect(await status(`${BLOCKING}/${A}`)).toBe(200);
  });

  it('of 429 may name the seconds, or not', async () => {
    emulator.fault({ answer: rateExceeded(7) });
    emulator.fault({ answer: rateExceeded() });
    const [told, untold] = [await send(emulator, OWN), await send(emulator, OWN)];
    expect(told).toMatchObject({ status: 429, json: { errorCode: 'CMN-301' } });
    expect([told.headers.get('retry-after'), untold.headers.get('retry-after')]).toEqual(['7', null]);
  });

  it('may be a 401 that no new token cures, or a proxy’s page', async () => {
    emulator.fault({ answer: loginRequired() });
    expect((await send(emulator, OWN)).json.errorCode).toBe('CMN-405');
    emulator.fault({ answer: proxyPage() });
    const { headers, text } = await send(emulator, OWN);
    expect(headers.get('content-type')).toBe('text/html');
    expect(text).toContain('<h1>502 Bad Gateway</h1>');
  });

  it('may be a change to the true one', async () => {
    emulator.fault({
      rewrite: (answer) => ({ ...answer, body: answer.body.slice(0, 20), headers: { 'x-cut': 'yes' } }),
    });
    const { headers, text } = await send(emulator, OWN);
    expect([headers.get('x-cut'), text.length]).toEqual(['yes', 20]);
  });
});

describe('a connection', () => {
  it('that is reset before the call leaves nothing applied', async () => {
    emulator.fault({ reset: 'before' });
    await expect(send(emulator, `${BLOCKING}/${A}`, { method: 'DELETE' })).rejects.toThrow();
    expect(await status(`${BLOCKING}/${A}`)).toBe(200);
  });

  it('that is reset after the call leaves it applied', async () => {
    emulator.fault({ reset: 'afterApplying' });
    await expect(send(emulator, `${BLOCKING}/${A}`, { method: 'DELETE' })).rejects.toThrow();
    expect(await status(`${BLOCKING}/${A}`)).toBe(404);
    expect(emulator.journal.map((entry) => entry.status)).toEqual([0, 404]);
  });

  it('that is cut in the middle of a body never ends it', async () => {
    emulator.fault({ truncate: 0.5 });
    const response = await fetch(`${emulator.url}${OWN}/${BLOCKING}/${A},${B}`, {
      headers: { authorization: `Bearer ${emulator.demoToken}` },
    });
    expect(response.status).toBe(207);
    await expect(response.text()).rejects.toThrow();
  });
});

describe('a held call', () => {
  /** Holds a read of A, deletes A, lets go: what the read says. */
  async function readAcrossDelete(holdWhen?: 'before' | 'after'): Promise<number> {
    let release = () => {};
    const hold = new Promise<void>((resolve) => (release = resolve));
    emulator.fault({ method: 'GET', hold, ...(holdWhen && { holdWhen }) });
    const read = status(`${BLOCKING}/${A}`);
    await emulator.arrived(1);
    expect(await status(`${BLOCKING}/${A}`, 'DELETE')).toBe(204);
    release();
    return read;
  }

  it('tells the state of its arrival unless said', async () => {
    expect(await readAcrossDelete()).toBe(200);
  });

  it('tells the state of its release where it is held before it is carried out', async () => {
    expect(await readAcrossDelete('before')).toBe(404);
  });

  it('that is slow leaves after so many milliseconds of the clock', async () => {
    emulator.fault({ slowMs: 5000 });
    let answered = false;
    const slow = send(emulator, OWN).then(() => (answered = true));
    await emulator.arrived(1);
    await clock.advance(4999);
    expect(await status(OWN)).toBe(200);
    expect(answered).toBe(false);
    await clock.advance(1);
    await slow;
    expect(emulator.journal.map((entry) => entry.status)).toEqual([200, 200]);
  });
});
