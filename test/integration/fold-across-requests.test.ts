import { afterEach, describe, expect, it } from 'vitest';
import {
  blockedId,
  CALLER_BLOCKING,
  OWN,
  startUpstream,
  until,
  type TestUpstream,
} from '../support/upstream.js';

let upstream: TestUpstream;
afterEach(() => upstream.stop());

const ids = (...indexes: number[]) => indexes.map(blockedId);
const list = { page: '1', perPage: '100' };
const query = Object.entries(list);

describe('look-ups of one caller in different requests', () => {
  it('leave together when the window of the first ends', async () => {
    upstream = await startUpstream();
    const [a, b] = [upstream.open(), upstream.open()];
    const answers = [a.lookUp(CALLER_BLOCKING, OWN, ids(0, 1))];
    await upstream.clock.advance(4);
    answers.push(b.lookUp(CALLER_BLOCKING, OWN, ids(1, 2)));
    await upstream.clock.advance(0);
    expect(upstream.sent()).toEqual([]);
    await upstream.clock.advance(1);
    const [first, second] = await Promise.all(answers);
    expect(first?.map((record) => 'id' in record && record.id)).toEqual(ids(0, 1));
    expect(second?.map((record) => 'id' in record && record.id)).toEqual(ids(1, 2));
    expect(upstream.sent()).toEqual([ids(0, 1, 2)]);
    expect(a.stats).toMatchObject({ calls: 1, ids: 2, coalesced: 0, msWaited: 5 });
    expect(b.stats).toMatchObject({ calls: 1, ids: 2, coalesced: 2, msWaited: 1 });
  });

  it('leave at once when a chunk is full', async () => {
    upstream = await startUpstream({ batchMaxIds: 2 });
    const answers = [
      upstream.open().lookUp(CALLER_BLOCKING, OWN, ids(0)),
      upstream.open().lookUp(CALLER_BLOCKING, OWN, ids(1, 2)),
    ];
    await until(() => upstream.emulator.journal.length === 1, 'the full chunk');
    expect(upstream.sent()).toEqual([ids(0, 1)]);
    await upstream.clock.advance(5);
    await Promise.all(answers);
    expect(upstream.sent()).toEqual([ids(0, 1), ids(2)]);
  });

  it('join one that is under way, also in a batch', async () => {
    upstream = await startUpstream();
    let release: () => void = () => undefined;
    upstream.emulator.fault({ hold: new Promise<void>((resolve) => (release = resolve)) });
    const first = upstream.open().lookUp(CALLER_BLOCKING, OWN, ids(0, 1));
    await upstream.clock.advance(5);
    await until(() => upstream.emulator.journal.length === 1, 'the batch');
    const late = upstream.open();
    const joined = late.lookUp(CALLER_BLOCKING, OWN, ids(1));
    await upstream.clock.advance(50);
    release();
    expect(await joined).toEqual([(await first)[1]]);
    expect(upstream.sent()).toHaveLength(1);
    expect(late.stats).toMatchObject({ calls: 1, ids: 1, coalesced: 1 });
  });

  it('share nothing with another caller', async () => {
    upstream = await startUpstream();
    const { otherUser, user } = upstream.emulator.tokens;
    const answers = [user, otherUser].map((token) =>
      upstream.open(token).lookUp(CALLER_BLOCKING, OWN, ids(0)),
    );
    await upstream.clock.advance(5);
    const labels = (await Promise.all(answers)).map(
      ([record]) => record && 'label' in record && record.label,
    );
    expect(labels).toEqual(['Caller 0 of Ann Archer', 'Caller 0 of Bob Baker']);
    expect(upstream.sent()).toHaveLength(2);
  });

  it('share no call with BATCH_WINDOW_MS=0, not even one under way', async () => {
    upstream = await startUpstream({ batchWindowMs: 0 });
    await Promise.all([0, 1].map(() => upstream.open().lookUp(CALLER_BLOCKING, OWN, ids(0))));
    await Promise.all([0, 1].map(() => upstream.open().list(CALLER_BLOCKING, OWN, query as never)));
    expect(upstream.emulator.journal).toHaveLength(4);
  });

  it('fold as the real ids once those are known', async () => {
    upstream = await startUpstream();
    const first = upstream.open().lookUp(CALLER_BLOCKING, OWN, ids(0));
    await upstream.clock.advance(5);
    await first;
    upstream.emulator.clearJournal();
    const request = upstream.open();
    const owner = request.canonical(OWN);
    expect(owner).toEqual({ accountId: '401900100008', extensionId: '401900101008' });
    const answers = [
      request.lookUp(CALLER_BLOCKING, owner, ids(1)),
      upstream.open().lookUp(CALLER_BLOCKING, owner, ids(2)),
    ];
    await upstream.clock.advance(5);
    await Promise.all(answers);
    expect(upstream.sent()).toEqual([ids(1, 2)]);
  });
});

describe('identical lists', () => {
  it('are one call while it is under way, and until the window of the first has passed', async () => {
    upstream = await startUpstream();
    const [a, b, c] = [upstream.open(), upstream.open(), upstream.open()];
    const first = a.list(CALLER_BLOCKING, OWN, query);
    await first;
    expect(await b.list(CALLER_BLOCKING, OWN, query as never)).toBe(await first);
    expect(b.stats).toMatchObject({ calls: 1, ids: 0 });
    await upstream.clock.advance(5);
    await c.list(CALLER_BLOCKING, OWN, query);
    expect(upstream.emulator.journal).toHaveLength(2);
  });
});

describe('when a client goes away', () => {
  it('a read that nobody else awaits is aborted', async () => {
    upstream = await startUpstream();
    const gone = new AbortController();
    upstream.emulator.fault({ hold: new Promise(() => undefined) });
    const answer = upstream.open(undefined, gone.signal).lookUp(CALLER_BLOCKING, OWN, ids(0));
    await upstream.clock.advance(5);
    await until(() => upstream.emulator.journal.length === 1, 'the call');
    gone.abort(new Error('gone'));
    await expect(answer).rejects.toThrow('gone');
    // Who asks now does not join what was given up.
    const next = upstream.open().lookUp(CALLER_BLOCKING, OWN, ids(0));
    await upstream.clock.advance(5);
    expect((await next)[0]).toMatchObject({ id: blockedId(0) });
  });

  it('the others that wait for the same call get their answers', async () => {
    upstream = await startUpstream();
    const gone = new AbortController();
    const left = upstream.open(undefined, gone.signal).lookUp(CALLER_BLOCKING, OWN, ids(0));
    const stays = upstream.open().lookUp(CALLER_BLOCKING, OWN, ids(0, 1));
    gone.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await upstream.clock.advance(5);
    expect((await stays).map((record) => 'id' in record && record.id)).toEqual(ids(0, 1));
  });

  it('what it had asked for and nobody else is not even sent', async () => {
    upstream = await startUpstream();
    const gone = new AbortController();
    const left = upstream.open(undefined, gone.signal).lookUp(CALLER_BLOCKING, OWN, ids(0));
    const stays = upstream.open().lookUp(CALLER_BLOCKING, OWN, ids(1));
    gone.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await upstream.clock.advance(5);
    await stays;
    expect(upstream.sent()).toEqual([ids(1)]);
  });

  it.each([0, 5])('before it asks, nothing is sent (window %i)', async (batchWindowMs) => {
    upstream = await startUpstream({ batchWindowMs });
    const gone = new AbortController();
    const request = upstream.open(undefined, gone.signal);
    gone.abort(new Error('gone'));
    await expect(request.lookUp(CALLER_BLOCKING, OWN, ids(0))).rejects.toThrow('gone');
    await expect(request.list(CALLER_BLOCKING, OWN, query as never)).rejects.toThrow('gone');
    await upstream.clock.advance(50);
    expect(upstream.sent()).toEqual([]);
    expect(request.stats).toMatchObject({ calls: 0, ids: 0 });
  });
});

describe('the calls of a request', () => {
  it('are those that carried its ids, where upstream had its batch cut', async () => {
    upstream = await startUpstream({}, { batchLimit: 2 });
    const [a, b] = [upstream.open(), upstream.open()];
    const answers = [a.lookUp(CALLER_BLOCKING, OWN, ids(0, 1)), b.lookUp(CALLER_BLOCKING, OWN, ids(2, 3, 4))];
    await upstream.clock.advance(5);
    await Promise.all(answers);
    expect(upstream.sent()).toEqual([ids(0, 1, 2, 3, 4), ids(0, 1), ids(2, 3), ids(4)]);
    expect([a.stats.calls, b.stats.calls]).toEqual([2, 3]);
  });

  it('are none where no connection came about', async () => {
    const nobody = await startUpstream();
    await nobody.stop();
    upstream = await startUpstream({ serverUrl: nobody.emulator.url });
    const request = upstream.open();
    const answer = request.lookUp(CALLER_BLOCKING, OWN, ids(0));
    for (let turn = 0; turn < 100; turn += 1) await upstream.clock.advance(10);
    expect((await answer)[0]).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(request.stats).toMatchObject({ calls: 0, ids: 1 });
  });

  it('wait for budget after such a cut as other reads do', async () => {
    const limits = { light: { limit: 2, windowSeconds: 1, penaltySeconds: 60 } };
    upstream = await startUpstream({ rateLimitMaxWaitMs: 5000 }, { batchLimit: 2, limits });
    const answer = upstream.open().lookUp(CALLER_BLOCKING, OWN, ids(0, 1, 2, 3));
    for (let turn = 0; turn < 20; turn += 1) await upstream.clock.advance(100);
    expect((await answer).map((record) => 'id' in record && record.id)).toEqual(ids(0, 1, 2, 3));
  });
});
