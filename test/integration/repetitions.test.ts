import { afterEach, describe, expect, it } from 'vitest';
import { GatewayError, RateLimitedError } from '../../src/errors.js';
import type { Credential } from '../../src/upstream/credential.js';
import type { GatewayOptions } from '../../src/upstream/gateway.js';
import { blockedId, CALLER_BLOCKING, startUpstream, until, type TestUpstream } from '../support/upstream.js';

const OWNER = { accountId: '401900100008', extensionId: '401900101008' };

let upstream: TestUpstream;
let credentials: [caller: string, accepted: boolean][] = [];
afterEach(() => upstream.stop());

async function start(options: Partial<GatewayOptions> = {}): Promise<void> {
  credentials = [];
  upstream = await startUpstream({
    batchWindowMs: 0,
    onCredential: (caller, accepted) => credentials.push([caller, accepted]),
    ...options,
  });
}

const limits = (remaining: number, windowSeconds = 60) => ({
  'x-rate-limit-group': 'light',
  'x-rate-limit-limit': '50',
  'x-rate-limit-remaining': String(remaining),
  'x-rate-limit-window': String(windowSeconds),
});
const REFUSED = { status: 401, body: { errorCode: 'OAU-128' } };
const EXPIRED = 'an old token';

/** A session whose token RingCentral refuses, until it is renewed. */
function openSession(renew: () => Promise<boolean>) {
  let token = EXPIRED;
  const credential: Credential = {
    caller: 'session',
    accessToken: () => token,
    async renew() {
      const renewed = await renew();
      if (renewed) token = upstream.emulator.demoToken;
      return renewed;
    },
  };
  return upstream.gateway.open({ credential, id: 'request', signal: new AbortController().signal });
}
const read = async (request = upstream.open()) =>
  (await request.lookUp(CALLER_BLOCKING, OWNER, [blockedId(0)]))[0] as GatewayError & { label?: string };

describe('after a 401 that a newer token cures', () => {
  it('the call is sent again with it, once', async () => {
    await start();
    expect(await read(openSession(() => Promise.resolve(true)))).toMatchObject({ id: blockedId(0) });
    expect(upstream.emulator.journal).toHaveLength(2);
    expect(credentials).toEqual([['session', true]]);
  });

  it.each<[string, Error, string]>([
    [
      'RingCentral cannot renew it now',
      new GatewayError('', { code: 'UPSTREAM_UNAVAILABLE' }),
      'UPSTREAM_UNAVAILABLE',
    ],
    ['it may not be renewed yet', new RateLimitedError(7), 'RATE_LIMITED'],
    ['sessions are out of reach', new Error('Command timed out'), 'UPSTREAM_UNAVAILABLE'],
  ])('that is told where %s, and the credential is not taken for refused', async (_name, failure, code) => {
    await start();
    expect(await read(openSession(() => Promise.reject(failure)))).toMatchObject({ code });
    expect(credentials).toEqual([]);
  });

  it('a repetition without budget is RATE_LIMITED, and what was kept stays', async () => {
    await start({ cacheTtlMs: 60_000 });
    const again = () => openSession(() => Promise.resolve(true));
    await read(again());
    upstream.emulator.fault({ answer: { ...REFUSED, headers: limits(0) } });
    const other = await again().lookUp(CALLER_BLOCKING, OWNER, [blockedId(1)]);
    expect(other[0]).toMatchObject({ code: 'RATE_LIMITED' });
    const cached = again();
    await read(cached);
    expect(cached.stats).toMatchObject({ calls: 0, cacheHits: 1 });
  });

  it('nothing is sent when the renewal took all the time that the call has', async () => {
    await start();
    const request = openSession(async () => {
      await upstream.clock.advance(10_000);
      return true;
    });
    expect(await read(request)).toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
    expect(upstream.emulator.journal).toHaveLength(1);
  });
});

describe('a repetition of a read', () => {
  it('without budget hides nothing of the failure before', async () => {
    await start();
    upstream.emulator.fault({ answer: { status: 503, text: '', headers: limits(0) } });
    const answer = read();
    await until(() => upstream.emulator.journal.length === 1, 'the call');
    await upstream.clock.advance(200);
    expect(await answer).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(upstream.emulator.journal).toHaveLength(1);
  });

  it('waits for budget as other reads do', async () => {
    await start({ rateLimitMaxWaitMs: 2000 });
    upstream.emulator.fault({ answer: { status: 503, text: '', headers: limits(0, 1) } });
    const answer = read();
    await until(() => upstream.emulator.journal.length === 1, 'the call');
    for (let turn = 0; turn < 12; turn += 1) await upstream.clock.advance(100);
    expect(await answer).toMatchObject({ id: blockedId(0) });
  });

  it('does not wait past the deadline of its call', async () => {
    await start({ rateLimitMaxWaitMs: 60_000, timeoutMs: 5000 });
    upstream.emulator.fault({ answer: { status: 503, text: '', headers: limits(0, 30) } });
    const answer = read();
    await until(() => upstream.emulator.journal.length === 1, 'the call');
    for (let turn = 0; turn < 6; turn += 1) await upstream.clock.advance(1000);
    expect(await answer).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(upstream.emulator.journal).toHaveLength(1);
  });
});

describe('a credential counts as', () => {
  it.each<[string, object, boolean[]]>([
    ['accepted after a 2xx', {}, [true]],
    ['accepted after a 404', { answer: { status: 404, text: '' } }, [true]],
    ['refused after a 401', { answer: REFUSED }, [false]],
    [
      'neither after a 401 that says nothing of it',
      { answer: { status: 401, body: { errorCode: 'CMN-405' } } },
      [],
    ],
    ['neither after a 429', { answer: { status: 429, text: '' } }, []],
    ['neither after a 500', { answer: { status: 500, text: '' } }, []],
  ])('%s', async (_name, fault, told) => {
    await start();
    upstream.emulator.fault(fault);
    await read();
    expect(credentials.map(([, accepted]) => accepted)).toEqual(told);
  });
});

describe('a 429', () => {
  it('is told with the end of the penalty where another answer made that later', async () => {
    await start();
    const refuse = (seconds: string, hold?: Promise<unknown>) => {
      const headers = { ...limits(0), 'retry-after': seconds };
      upstream.emulator.fault({ ...(hold && { hold }), answer: { status: 429, text: '', headers } });
    };
    let release: () => void = () => undefined;
    refuse('10', new Promise<void>((resolve) => (release = resolve)));
    const slow = read();
    await until(() => upstream.emulator.journal.length === 1, 'the slow call');
    refuse('60');
    await read();
    release();
    expect(await slow).toMatchObject({ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 60 } });
  });

  it('is told with a second at least', async () => {
    await start();
    upstream.emulator.fault({
      answer: { status: 429, text: '', headers: { ...limits(0), 'retry-after': '0' } },
    });
    expect(await read()).toMatchObject({ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 } });
  });
});
