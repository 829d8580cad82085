import { beforeEach, describe, expect, it } from 'vitest';
import type { SessionStore } from '../../../../src/server/session/store.js';

/** What every store promises. `pass` lets time go by: the store's own. */
export function describeStore(
  name: string,
  build: () => Promise<{ store: SessionStore; pass: (ms: number) => Promise<void> }>,
): void {
  describe(name, () => {
    let store: SessionStore;
    let pass: (ms: number) => Promise<void>;
    beforeEach(async () => {
      ({ store, pass } = await build());
    });
    /** Short enough to wait for where time is real, long enough for a slow machine. */
    const short = 400;
    const long = { idleMs: 60_000, maxMs: 600_000 };

    it('gives back what was created, and nothing else', async () => {
      await store.create('a', 'value', long);
      expect(await store.get('a')).toMatchObject({ version: 1, value: 'value' });
      expect(await store.get('b')).toBeUndefined();
    });

    it('writes a version once', async () => {
      await store.create('a', 'first', long);
      expect(await store.compareAndSet('a', 1, 'second')).toBe(true);
      expect(await store.compareAndSet('a', 1, 'third')).toBe(false);
      expect(await store.compareAndSet('a', 3, 'third')).toBe(false);
      expect(await store.get('a')).toMatchObject({ version: 2, value: 'second' });
    });

    it('never brings a deleted session back', async () => {
      await store.create('a', 'first', long);
      expect(await store.delete('a')).toBe(true);
      expect(await store.delete('a')).toBe(false);
      expect(await store.compareAndSet('a', 1, 'second')).toBe(false);
      expect(await store.get('a', 1000)).toBeUndefined();
    });

    it('deletes the version that is meant and no later one', async () => {
      await store.create('a', 'first', long);
      await store.compareAndSet('a', 1, 'second');
      expect(await store.delete('a', 1)).toBe(false);
      expect(await store.get('a')).toBeDefined();
      expect(await store.delete('a', 2)).toBe(true);
      expect(await store.get('a')).toBeUndefined();
    });

    it('ends a session that is not used', async () => {
      await store.create('a', 'value', { idleMs: short, maxMs: 600_000 });
      expect((await store.get('a'))?.expiresInMs).toBeLessThanOrEqual(short);
      await pass(short);
      expect(await store.get('a')).toBeUndefined();
      expect(await store.compareAndSet('a', 1, 'second')).toBe(false);
      expect(await store.delete('a')).toBe(false);
    });

    it('keeps one that is used, and only then', async () => {
      await store.create('a', 'value', { idleMs: short, maxMs: 600_000 });
      expect((await store.get('a', 5000))?.expiresInMs).toBeGreaterThan(4000);
      await pass(short);
      expect((await store.get('a'))?.expiresInMs).toBeLessThanOrEqual(5000 - short);
      await store.compareAndSet('a', 1, 'second');
      expect((await store.get('a'))?.expiresInMs).toBeLessThanOrEqual(5000 - short);
    });

    it('ends it at its time however much it is used', async () => {
      await store.create('a', 'value', { idleMs: 60_000, maxMs: short });
      expect((await store.get('a', 60_000))?.expiresInMs).toBeLessThanOrEqual(short);
      await pass(short);
      expect(await store.get('a', 60_000)).toBeUndefined();
    });

    it('gives a lock to one at a time', async () => {
      expect(await store.lock('a', 'mine', 60_000)).toBe(true);
      expect(await store.lock('a', 'yours', 60_000)).toBe(false);
      expect(await store.lock('b', 'yours', 60_000)).toBe(true);
      await store.unlock('a', 'mine');
      expect(await store.lock('a', 'yours', 60_000)).toBe(true);
    });

    it('takes a lock back from its holder alone', async () => {
      await store.lock('a', 'mine', 60_000);
      await store.unlock('a', 'yours');
      expect(await store.lock('a', 'yours', 60_000)).toBe(false);
    });

    it('ends a lock with its lease', async () => {
      await store.lock('a', 'mine', short);
      await pass(short);
      expect(await store.lock('a', 'yours', 60_000)).toBe(true);
      await store.unlock('a', 'mine');
      expect(await store.lock('a', 'third', 60_000)).toBe(false);
    });

    it('remembers a penalty until it is over', async () => {
      expect(await store.frozenMs('a')).toBe(0);
      await store.freeze('a', short);
      expect(await store.frozenMs('a')).toBeGreaterThan(0);
      expect(await store.frozenMs('a')).toBeLessThanOrEqual(short);
      expect(await store.frozenMs('b')).toBe(0);
      await pass(short);
      expect(await store.frozenMs('a')).toBe(0);
    });

    it('keeps sessions, locks and penalties of one name apart', async () => {
      await store.create('a', 'value', long);
      await store.freeze('a', 60_000);
      expect(await store.lock('a', 'mine', 60_000)).toBe(true);
      await store.unlock('a', 'mine');
      await store.delete('a');
      expect(await store.frozenMs('a')).toBeGreaterThan(0);
    });
  });
}
