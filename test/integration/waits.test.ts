import { afterEach, expect, it } from 'vitest';
import { blockedId, CALLER_BLOCKING, startUpstream, until, type TestUpstream } from '../support/upstream.js';

const OWNER = { accountId: '401900100008', extensionId: '401900101008' };

let upstream: TestUpstream;
afterEach(() => upstream.stop());

const limits = (limit: number, remaining: number, windowSeconds: number) => ({
  'x-rate-limit-group': 'light',
  'x-rate-limit-limit': String(limit),
  'x-rate-limit-remaining': String(remaining),
  'x-rate-limit-window': String(windowSeconds),
});

it('a write is told how long it waited for the answers to others', async () => {
  upstream = await startUpstream();
  let release: () => void = () => undefined;
  upstream.emulator.fault({
    method: 'DELETE',
    times: 5,
    hold: new Promise<void>((resolve) => (release = resolve)),
  });
  const remove = (index: number, request = upstream.open()) =>
    request.remove(CALLER_BLOCKING, OWNER, [blockedId(index)]);
  const five = [0, 1, 2, 3, 4].map((index) => remove(index));
  await until(() => upstream.emulator.journal.length === 5, 'five writes');
  const request = upstream.open();
  const sixth = remove(5, request);
  await upstream.clock.advance(70);
  release();
  await Promise.all([...five, sixth]);
  expect(request.stats).toMatchObject({ calls: 1, msWaited: 70 });
});

it('of what the budget allows nothing is refused, however much is asked for beside it', async () => {
  upstream = await startUpstream({ rateLimitMaxWaitMs: 2000 });
  upstream.emulator.fault({ answer: { status: 404, text: '', headers: limits(2, 1, 60) } });
  const first = upstream.open().lookUp(CALLER_BLOCKING, OWNER, [blockedId(0)]);
  await upstream.clock.advance(5);
  await first;
  const ids = Array.from({ length: 60 }, (_, index) => `id-${String(index)}`);
  const answers = upstream.open().lookUp(CALLER_BLOCKING, OWNER, ids);
  await upstream.clock.advance(5);
  const codes = (await answers).map((record) => (record instanceof Error ? record.code : 'record'));
  expect(codes.slice(0, 30)).not.toContain('RATE_LIMITED');
  expect(new Set(codes.slice(30))).toEqual(new Set(['RATE_LIMITED']));
});

it('a read that is refused after a wait is told how long it waited', async () => {
  upstream = await startUpstream({ rateLimitMaxWaitMs: 2000 });
  let release: () => void = () => undefined;
  const headers = { ...limits(2, 1, 60), 'retry-after': '90' };
  const hold = new Promise<void>((resolve) => (release = resolve));
  upstream.emulator.fault({ hold, answer: { status: 429, text: '', headers } });
  upstream.emulator.fault({ answer: { status: 404, text: '', headers: limits(1, 0, 2) } });
  const ask = (id: string, request = upstream.open()) =>
    request.lookUp(CALLER_BLOCKING, OWNER, [id]).then(([record]) => record);
  const slow = ask('slow');
  await upstream.clock.advance(5);
  await until(() => upstream.emulator.journal.length === 1, 'the slow call');
  const quick = ask('quick');
  await upstream.clock.advance(5);
  await quick;
  const request = upstream.open();
  const list = upstream.open();
  const waiting = [
    ask('waits', request),
    list.list(CALLER_BLOCKING, OWNER, []).catch((error: unknown) => error),
  ];
  await upstream.clock.advance(1000);
  release();
  await slow;
  for (const answer of await Promise.all(waiting)) expect(answer).toMatchObject({ code: 'RATE_LIMITED' });
  expect([request.stats.msWaited, list.stats.msWaited]).toEqual([1000, 1000]);
});
