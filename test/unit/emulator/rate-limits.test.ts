import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.js';
import { RateLimits } from '../../../src/emulator/rate-limits.js';
import { ManualClock } from '../../support/manual-clock.js';
import { blockedId, OWN, send } from './client.js';

const clock = new ManualClock();
const small = (limit: number) => ({ limit, windowSeconds: 60, penaltySeconds: 60 });

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ clock, limits: { light: small(3), medium: small(2) } });
});
afterAll(() => emulator.stop());
beforeEach(() => {
  emulator.reset();
});

const ids = ['+16505550100', '+16505550101'].map(blockedId).join(',');
const light = (token = emulator.demoToken) => send(emulator, OWN, { token });
const medium = () => send(emulator, '/restapi/v1.0/account/~/extension');

async function exhaust(): Promise<void> {
  for (let sent = 0; sent < 3; sent += 1) expect((await light()).status).toBe(200);
}

describe('an answer', () => {
  it('tells its group, the limit, what remains and the window', async () => {
    const { headers } = await light();
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-rate-limit-group': 'light',
      'x-rate-limit-limit': '3',
      'x-rate-limit-remaining': '2',
      'x-rate-limit-window': '60',
    });
    expect(headers.has('retry-after')).toBe(false);
  });

  it('beyond the limit is a 429 with Retry-After, and a remainder that is not to be believed', async () => {
    await exhaust();
    const { status, headers, json } = await light();
    expect(status).toBe(429);
    expect(headers.get('retry-after')).toBe('60');
    expect(headers.get('x-rate-limit-remaining')).toBe('3');
    expect(json).toEqual({
      errorCode: 'CMN-301',
      message: 'Request rate exceeded',
      errors: [{ errorCode: 'CMN-301', message: 'Request rate exceeded' }],
    });
  });

  it('to many ids counts as one', async () => {
    const { headers } = await send(emulator, `blocked-number/${ids}`);
    expect(headers.get('x-rate-limit-remaining')).toBe('2');
  });

  it('that refuses for another reason counts too', async () => {
    const { status, headers } = await send(emulator, 'blocked-number/nobody');
    expect([status, headers.get('x-rate-limit-remaining')]).toEqual([404, '2']);
  });

  it('to a token that nobody knows tells nothing of limits', async () => {
    expect((await light('nobody')).headers.has('x-rate-limit-group')).toBe(false);
  });
});

describe('a window', () => {
  it('slides: each request comes back when it is 60 seconds old', async () => {
    await light();
    await clock.advance(30_000);
    await light();
    await light();
    await clock.advance(30_000);
    expect((await light()).headers.get('x-rate-limit-remaining')).toBe('0');
  });
});

describe('a penalty', () => {
  it('ends 60 seconds after it began', async () => {
    await exhaust();
    expect((await light()).status).toBe(429);
    await clock.advance(60_000);
    expect((await light()).status).toBe(200);
  });

  it('begins again with each request that comes in it', async () => {
    await exhaust();
    await light();
    await clock.advance(59_000);
    expect((await light()).status).toBe(429);
    await clock.advance(59_000);
    expect((await light()).status).toBe(429);
    await clock.advance(60_000);
    expect((await light()).status).toBe(200);
  });

  it('is one group’s and one user’s alone', async () => {
    await exhaust();
    expect((await light()).status).toBe(429);
    expect((await medium()).status).toBe(200);
    expect((await light(emulator.tokens.otherUser)).status).toBe(200);
  });
});

it('two apps of one user have a budget each', async () => {
  const remaining = async (token: string) => (await light(token)).headers.get('x-rate-limit-remaining');
  const { user, readingApp } = emulator.tokens;
  expect([await remaining(user), await remaining(user), await remaining(readingApp)]).toEqual([
    '2',
    '1',
    '2',
  ]);
});

describe('an operation', () => {
  it.each([
    ['GET', '/restapi/v1.0/account/~/phone-number', 'heavy'],
    ['GET', '/restapi/v1.0/account/~/extension', 'medium'],
    ['DELETE', `${OWN}/blocked-number/nobody`, 'medium'],
    ['PUT', `${OWN}/caller-blocking/phone-numbers/nobody`, 'medium'],
    ['POST', `${OWN}/forwarding-number`, 'medium'],
    ['GET', `${OWN}/forwarding-number/nobody`, 'light'],
    ['GET', `${OWN}/phone-number`, 'light'],
    ['GET', '/restapi/v1.0/account/~/phone-number/1,2', 'light'],
    ['POST', '/restapi/v1.0/number-parser/parse', 'light'],
  ])('%s %s belongs to the group %s', async (method, path, group) => {
    const { headers } = await send(emulator, path, { method });
    expect(headers.get('x-rate-limit-group')).toBe(group);
  });
});

it('limits are RingCentral’s defaults unless said, and can be turned off', async () => {
  const plain = await startEmulator();
  const { headers } = await send(plain, OWN);
  expect([headers.get('x-rate-limit-limit'), headers.get('x-rate-limit-remaining')]).toEqual(['50', '49']);
  await plain.stop();
  const open = await startEmulator({ limits: 'off' });
  expect((await send(open, OWN)).headers.has('x-rate-limit-limit')).toBe(false);
  await open.stop();
});

it('users whose windows have passed are forgotten, and nobody else', async () => {
  const own = new ManualClock();
  const limits = new RateLimits(own, { light: small(1) });
  const take = (user: string) => limits.take(user, 'light').allowed;
  for (let user = 0; user < 900; user += 1) take(`old ${user}`);
  await own.advance(60_000);
  for (let user = 0; user < 900; user += 1) take(`new ${user}`);
  expect(take('new 0')).toBe(false);
  expect(take('old 0')).toBe(true);
  expect(take('old 0')).toBe(false);
});
