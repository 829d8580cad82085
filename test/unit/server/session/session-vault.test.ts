import { describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/lib/secret.js';
import { createKeyRing } from '../../../../src/server/session/key-ring.js';
import { createMemoryStore } from '../../../../src/server/session/memory-store.js';
import { createSessionVault, toSessionKey } from '../../../../src/server/session/session-vault.js';
import { ManualClock } from '../../../support/manual-clock.js';

const HOUR = 3_600_000;

function build() {
  const clock = new ManualClock();
  const store = createMemoryStore({ clock });
  const keyRing = createKeyRing([new Secret('a'.repeat(32))], 'session');
  const vault = createSessionVault({ store, keyRing, idleMs: HOUR, maxMs: 12 * HOUR, clock });
  const tokens = {
    accessToken: 'access',
    refreshToken: 'refresh',
    expiresAt: clock.now() + HOUR,
    renewAt: clock.now() + HOUR - 60_000,
    extensionId: '7',
  };
  return { clock, store, keyRing, vault, tokens };
}

describe('a session', () => {
  it('has an id of 256 random bits, which the store does not see', async () => {
    const { vault, store, tokens } = build();
    const ids = await Promise.all(Array.from({ length: 100 }, () => vault.create(tokens)));
    expect(new Set(ids).size).toBe(100);
    for (const id of ids) {
      expect(Buffer.from(id, 'base64url')).toHaveLength(32);
      expect(await store.get(id)).toBeUndefined();
      expect((await store.get(toSessionKey(id)))?.value).not.toContain(id);
    }
  });

  it('comes back whole', async () => {
    const { vault, tokens } = build();
    expect((await vault.find(await vault.create(tokens)))?.tokens).toEqual(tokens);
  });

  it('ends with its access token when the app is allowed no refresh token', async () => {
    const { vault, clock, tokens } = build();
    const id = await vault.create({ ...tokens, refreshToken: undefined });
    await clock.advance(HOUR / 2);
    expect((await vault.use(id))?.expiresInMs).toBe(HOUR / 2);
    await clock.advance(HOUR / 2);
    expect(await vault.use(id)).toBeUndefined();
  });

  it('that another version of the gateway wrote in another form is none', async () => {
    const { vault, store, keyRing } = build();
    const id = 'A'.repeat(43);
    const value = keyRing.seal(JSON.stringify({ token: 'access' }), id);
    await store.create(toSessionKey(id), value, { idleMs: HOUR, maxMs: HOUR });
    expect(await vault.find(id)).toBeUndefined();
  });

  it('under a secret that is not here cannot be read, which is told apart from one that was tampered with', async () => {
    const { vault, store, tokens } = build();
    const id = await vault.create(tokens);
    const key = toSessionKey(id);
    const elsewhere = createKeyRing([new Secret('b'.repeat(32))], 'session');
    await store.compareAndSet(key, 1, elsewhere.seal(JSON.stringify(tokens), id));
    await expect(vault.find(id)).rejects.toMatchObject({ extensions: { code: 'UPSTREAM_UNAVAILABLE' } });
    await expect(vault.use(id)).rejects.toMatchObject({ extensions: { code: 'UPSTREAM_UNAVAILABLE' } });
    const own = createKeyRing([new Secret('a'.repeat(32))], 'session');
    await store.compareAndSet(key, 2, own.seal(JSON.stringify(tokens), 'another id'));
    expect(await vault.find(id)).toBeUndefined();
  });

  it('is not looked for under what is no id', async () => {
    const { store, keyRing, clock } = build();
    const asked: string[] = [];
    const watched = { ...store, get: (key: string) => (asked.push(key), Promise.resolve(undefined)) };
    const vault = createSessionVault({ store: watched, keyRing, idleMs: HOUR, maxMs: HOUR, clock });
    for (const id of ['', 'A', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}*`, '__proto__']) {
      expect(await vault.find(id)).toBeUndefined();
    }
    expect(asked).toEqual([]);
  });
});
