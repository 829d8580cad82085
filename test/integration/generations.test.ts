import { afterEach, describe, expect, it } from 'vitest';
import { blockedId, CALLER_BLOCKING, startUpstream, until, type TestUpstream } from '../support/upstream.js';
import { FORWARDING_NUMBERS } from '../../src/domains/forwarding-number/endpoint.js';
import type { FaultOrder } from '../../src/emulator/emulator.js';
import { BLOCKED_NUMBERS } from '../../src/domains/blocked-number/endpoint.js';
import type { Resource } from '../../src/upstream/resource.js';

let upstream: TestUpstream;
afterEach(() => upstream.stop());

const OWNER = { accountId: '401900100008', extensionId: '401900101008' };
const ID = blockedId(0);
const OLD = 'Caller 0 of Ann Archer';
const relabel = (label: string) => [
  { id: ID, toBody: () => ({ phoneNumber: '+16505550100', label, status: 'Blocked' }) },
];
const write = (label = 'New') =>
  upstream.open().update(CALLER_BLOCKING, OWNER, relabel(label), { readFirst: false });

/** A promise that a test lets go. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return {
    opened,
    open: () => {
      open();
    },
  };
}

async function read(family: Resource = CALLER_BLOCKING): Promise<unknown> {
  const answer = upstream.open().lookUp(family, OWNER, [ID]);
  await upstream.clock.advance(5);
  const [record] = await answer;
  if (record instanceof Error) return record;
  return record?.['label'] ?? record?.['name'];
}

describe.each([0, 1000])('with a cache of %i ms', (cacheTtlMs) => {
  it('a read under way when a write leaves answers those that waited, and nobody who asks later', async () => {
    upstream = await startUpstream({ cacheTtlMs });
    const slow = gate();
    upstream.emulator.fault({ method: 'GET', hold: slow.opened });
    const early = upstream.open().lookUp(CALLER_BLOCKING, OWNER, [ID]);
    await upstream.clock.advance(5);
    await until(() => upstream.emulator.journal.length === 1, 'the slow read');
    await write();
    expect(await read()).toBe('New');
    slow.open();
    expect((await early)[0]).toMatchObject({ label: OLD });
    expect(await read()).toBe('New');
  });

  it('a read that began while the write was under way is not joined after its answer', async () => {
    upstream = await startUpstream({ cacheTtlMs });
    const [slowWrite, slowRead] = [gate(), gate()];
    upstream.emulator.fault({ method: 'PUT', hold: slowWrite.opened, holdWhen: 'before' });
    upstream.emulator.fault({ method: 'GET', hold: slowRead.opened });
    const writing = write();
    await until(() => upstream.emulator.journal.length === 1, 'the write');
    const during = upstream.open().lookUp(CALLER_BLOCKING, OWNER, [ID]);
    await upstream.clock.advance(5);
    await until(() => upstream.emulator.journal.length === 2, 'the read');
    slowWrite.open();
    await writing;
    expect(await read()).toBe('New');
    slowRead.open();
    expect((await during)[0]).toMatchObject({ label: OLD });
    expect(await read()).toBe('New');
  });

  it('a look-up that waits in the window when a write is answered does not hold the old state', async () => {
    upstream = await startUpstream({ cacheTtlMs });
    const waiting = upstream.open().lookUp(CALLER_BLOCKING, OWNER, [ID]);
    await write();
    await upstream.clock.advance(5);
    expect((await waiting)[0]).toMatchObject({ label: 'New' });
  });

  it('a write whose outcome is unknown makes what was read before it old as well', async () => {
    upstream = await startUpstream({ cacheTtlMs });
    expect(await read()).toBe(OLD);
    upstream.emulator.fault({ method: 'PUT', reset: 'afterApplying' });
    expect(await write()).toMatchObject([{ ok: false, outcome: 'UNKNOWN' }]);
    expect(await read()).toBe('New');
  });

  it('a write to one family makes the other family, and lists, old', async () => {
    upstream = await startUpstream({ cacheTtlMs });
    const list = async () => {
      const page = await upstream.open().list(CALLER_BLOCKING, OWNER, [['perPage', '1']]);
      return (page['records'] as { label: string }[])[0]?.label;
    };
    expect([await read(BLOCKED_NUMBERS.BLOCKED_NUMBER), await list()]).toEqual([OLD, OLD]);
    await upstream
      .open()
      .update(BLOCKED_NUMBERS.BLOCKED_NUMBER, OWNER, [{ id: ID, toBody: () => ({ name: 'New' }) }], {
        readFirst: false,
      });
    expect([await read(BLOCKED_NUMBERS.BLOCKED_NUMBER), await read(), await list()]).toEqual([
      'New',
      'New',
      'New',
    ]);
  });
});

describe('the cache', () => {
  it('answers again within its time, per caller, and NOT_FOUND too', async () => {
    upstream = await startUpstream({ cacheTtlMs: 1000 });
    const nobody = Buffer.from('19995550100').toString('base64url');
    const ask = async (token?: string) => {
      const request = upstream.open(token);
      const answer = request.lookUp(CALLER_BLOCKING, OWNER, [ID, nobody]);
      await upstream.clock.advance(5);
      return { answer: await answer, stats: request.stats };
    };
    await ask();
    const second = await ask();
    expect(second.answer).toMatchObject([{ label: OLD }, { code: 'NOT_FOUND' }]);
    expect(second.stats).toMatchObject({ calls: 0, ids: 0, cacheHits: 2 });
    await ask(upstream.emulator.tokens.readOnly);
    expect(upstream.emulator.journal).toHaveLength(2);
    await upstream.clock.advance(1000);
    await ask();
    expect(upstream.emulator.journal).toHaveLength(3);
  });

  it('keeps nothing that may pass', async () => {
    upstream = await startUpstream({ cacheTtlMs: 1000 });
    upstream.emulator.fault({ answer: { status: 500, text: '' } });
    expect(await read()).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await read()).toBe(OLD);
  });

  it('is dropped by a 401', async () => {
    upstream = await startUpstream({ cacheTtlMs: 1000 });
    await read();
    upstream.emulator.fault({ answer: { status: 401, body: { errorCode: 'OAU-213' } } });
    const other = upstream.open().lookUp(CALLER_BLOCKING, OWNER, [blockedId(1)]);
    await upstream.clock.advance(5);
    expect((await other)[0]).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await read()).toBe(OLD);
    expect(upstream.emulator.journal).toHaveLength(3);
  });

  it.each<[string, FaultOrder, () => Promise<unknown>]>([
    ['a write', { method: 'PUT' }, () => write()],
    [
      'the read before a write',
      { method: 'GET' },
      () => upstream.open().update(CALLER_BLOCKING, OWNER, relabel('New'), { readFirst: true }),
    ],
  ])('is dropped for all domains by a 401, also by that of %s', async (_name, call, run) => {
    upstream = await startUpstream({ cacheTtlMs: 1000 });
    const list = () => upstream.open().list(FORWARDING_NUMBERS, OWNER, []);
    await list();
    upstream.emulator.fault({ ...call, answer: { status: 401, body: { errorCode: 'OAU-213' } } });
    expect(await run()).toMatchObject([{ ok: false, error: { code: 'UNAUTHENTICATED' } }]);
    upstream.emulator.clearJournal();
    await list();
    expect(upstream.emulator.journal).toHaveLength(1);
  });

  it('keeps no answer that does not hold what was asked for', async () => {
    upstream = await startUpstream({ cacheTtlMs: 1000 });
    const senseless = (path: RegExp) => {
      upstream.emulator.fault({ path, answer: { status: 200, body: {} } });
    };
    const list = () => upstream.open().list(CALLER_BLOCKING, OWNER, []);
    senseless(/phone-numbers$/);
    expect(await list()).toEqual({});
    await upstream.clock.advance(5);
    expect(await list()).toHaveProperty('records');
    senseless(/phone-numbers\//);
    await read();
    expect(await read()).toBe(OLD);
  });

  it('serves what is stale, at most ten times its age, while the budget is frozen', async () => {
    upstream = await startUpstream({ cacheTtlMs: 1000 });
    await read();
    await upstream.clock.advance(2000);
    upstream.emulator.fault({
      answer: { status: 429, headers: { 'retry-after': '60', 'x-rate-limit-group': 'light' } },
    });
    const refused = upstream.open();
    const answer = refused.lookUp(CALLER_BLOCKING, OWNER, [ID]);
    await upstream.clock.advance(5);
    expect((await answer)[0]).toMatchObject({ label: OLD });
    expect(refused.stats).toMatchObject({ calls: 1, ids: 0, cacheHits: 1, stale: 1, msWaited: 5 });
    const request = upstream.open();
    expect((await request.lookUp(CALLER_BLOCKING, OWNER, [ID]))[0]).toMatchObject({ label: OLD });
    expect(request.stats).toMatchObject({ calls: 0, cacheHits: 1, stale: 1 });
    await upstream.clock.advance(9000);
    expect(await read()).toMatchObject({ code: 'RATE_LIMITED' });
    expect(upstream.emulator.journal).toHaveLength(2);
  });
});
