import { afterEach, describe, expect, it } from 'vitest';
import { blockedId, CALLER_BLOCKING, startUpstream, until, type TestUpstream } from '../support/upstream.js';

let upstream: TestUpstream;
afterEach(() => upstream.stop());

const OWNER = { accountId: '401900100008', extensionId: '401900101008' };
const FORBIDDING = {
  status: 429,
  headers: { 'retry-after': '60', 'x-rate-limit-group': 'light' },
  body: { errorCode: 'CMN-301' },
};
const idOf = (index: number) => Buffer.from(String(19_995_550_000 + index)).toString('base64url');
const codes = (answers: readonly (readonly object[])[]) =>
  answers.flat().map((entry) => ('code' in entry ? entry.code : 'ok'));

/** One look-up that meets a 429. */
async function freeze(token?: string): Promise<void> {
  upstream.emulator.fault({ answer: FORBIDDING });
  const answer = upstream.open(token).lookUp(CALLER_BLOCKING, OWNER, [blockedId(0)]);
  await upstream.clock.advance(5);
  expect(codes([await answer])).toEqual(['RATE_LIMITED']);
  upstream.emulator.clearJournal();
}

describe('after a 429', () => {
  it("no call of that caller's group starts during the penalty, and each request is told how long", async () => {
    upstream = await startUpstream();
    await freeze();
    const answers = Array.from({ length: 50 }, (_, index) =>
      upstream.open().lookUp(CALLER_BLOCKING, OWNER, [idOf(index)]),
    );
    await upstream.clock.advance(5);
    for (const [error] of await Promise.all(answers)) {
      expect(error).toMatchObject({ code: 'RATE_LIMITED', extensions: { retryAfterSeconds: 60 } });
    }
    await upstream.clock.advance(59_000);
    const late = upstream.open().lookUp(CALLER_BLOCKING, OWNER, [idOf(0)]);
    await upstream.clock.advance(5);
    expect(codes([await late])).toEqual(['RATE_LIMITED']);
    expect(upstream.emulator.journal).toEqual([]);
  });

  it('other callers and other groups go on', async () => {
    upstream = await startUpstream();
    await freeze();
    const { readOnly } = upstream.emulator.tokens;
    const other = upstream.open(readOnly).lookUp(CALLER_BLOCKING, OWNER, [blockedId(0)]);
    await upstream.clock.advance(5);
    expect(codes([await other])).toEqual(['ok']);
    expect(await upstream.open().remove(CALLER_BLOCKING, OWNER, [blockedId(0)])).toMatchObject([
      { ok: true },
    ]);
  });

  it('fifty look-ups that wait for its end are two calls, the first of which goes alone', async () => {
    upstream = await startUpstream({ rateLimitMaxWaitMs: 120_000 });
    upstream.emulator.fault({ answer: FORBIDDING });
    const first = upstream.open().lookUp(CALLER_BLOCKING, OWNER, [blockedId(0)]);
    await upstream.clock.advance(5);
    await until(() => upstream.emulator.journal[0]?.status === 429, 'the 429');
    await first;
    upstream.emulator.clearJournal();
    const answers = Array.from({ length: 50 }, (_, index) =>
      upstream.open().lookUp(CALLER_BLOCKING, OWNER, [idOf(index)]),
    );
    await upstream.clock.advance(50_000);
    expect(upstream.emulator.journal).toEqual([]);
    let release: () => void = () => undefined;
    upstream.emulator.fault({ hold: new Promise<void>((resolve) => (release = resolve)) });
    await upstream.clock.advance(15_000);
    await until(() => upstream.emulator.journal.length === 1, 'the first call after the penalty');
    await upstream.clock.advance(1000);
    expect(upstream.sent().map((ids) => ids.length)).toEqual([30]);
    release();
    await Promise.all(answers);
    expect(upstream.sent().map((ids) => ids.length)).toEqual([30, 20]);
  });

  it('a request may wait out the rest of it within RATE_LIMIT_MAX_WAIT_MS', async () => {
    upstream = await startUpstream({ rateLimitMaxWaitMs: 2000 });
    await freeze();
    await upstream.clock.advance(58_500);
    const answer = upstream.open().lookUp(CALLER_BLOCKING, OWNER, [blockedId(0)]);
    await upstream.clock.advance(2000);
    expect(codes([await answer])).toEqual(['ok']);
  });
});

describe('a burst of 200 single reads', () => {
  const burst = () =>
    Array.from({ length: 200 }, (_, index) => upstream.open().lookUp(CALLER_BLOCKING, OWNER, [idOf(index)]));

  it('sends no more than are known to remain, provokes no 429, and serves the rest once the window has passed', async () => {
    upstream = await startUpstream(
      { batchMaxIds: 1, rateLimitMaxWaitMs: 600_000 },
      { limits: { light: { limit: 20, windowSeconds: 60, penaltySeconds: 60 } } },
    );
    const first = upstream.open().lookUp(CALLER_BLOCKING, OWNER, [blockedId(0)]);
    await upstream.clock.advance(0);
    await first;
    const answers = burst();
    await until(
      () => upstream.emulator.journal.filter(({ status }) => status !== 0).length === 20,
      'the budget is used up',
    );
    await upstream.clock.advance(1000);
    expect(upstream.emulator.journal).toHaveLength(20);
    let settled = false;
    const all = Promise.all(answers).finally(() => (settled = true));
    await until(() => {
      void upstream.clock.advance(1000);
      return settled;
    }, 'all are served');
    expect(codes(await all).filter((code) => code !== 'NOT_FOUND')).toEqual([]);
    expect(upstream.emulator.journal.filter(({ status }) => status === 429)).toEqual([]);
    expect(upstream.emulator.journal).toHaveLength(201);
  });

  it('when nothing is known has five calls under way until the first answer', async () => {
    upstream = await startUpstream({ batchMaxIds: 1 });
    let release: () => void = () => undefined;
    upstream.emulator.fault({ times: 200, hold: new Promise<void>((resolve) => (release = resolve)) });
    const answers = burst();
    await until(() => upstream.emulator.journal.length >= 5, 'the first calls');
    await upstream.clock.advance(10);
    expect(upstream.emulator.journal).toHaveLength(5);
    release();
    await Promise.all(answers);
    expect(upstream.emulator.journal.length).toBeLessThanOrEqual(50);
    expect(upstream.emulator.journal.filter(({ status }) => status === 429)).toEqual([]);
  });
});

describe('rateLimits', () => {
  it('tells what answers have told, per caller, and costs no call', async () => {
    upstream = await startUpstream();
    expect(upstream.open().rateLimits()).toEqual([]);
    const answer = upstream.open().lookUp(CALLER_BLOCKING, OWNER, [blockedId(0)]);
    await upstream.clock.advance(5);
    await answer;
    expect(upstream.open().rateLimits()).toMatchObject([
      { group: 'light', limit: 50, remaining: 49, windowSeconds: 60 },
    ]);
    expect(upstream.open(upstream.emulator.tokens.readOnly).rateLimits()).toEqual([]);
    expect(upstream.emulator.journal).toHaveLength(1);
  });
});
