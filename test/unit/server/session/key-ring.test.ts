import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/lib/secret.js';
import { createKeyRing } from '../../../../src/server/session/key-ring.js';

const A = new Secret('a'.repeat(32));
const B = new Secret('b'.repeat(32));

describe('a key ring', () => {
  it('gives back what it sealed, and shows none of it', () => {
    const ring = createKeyRing([A], 'session');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 8 }), fc.string(), (plaintext, associated) => {
        const sealed = ring.seal(plaintext, associated);
        expect(ring.open(sealed, associated)?.plaintext).toBe(Buffer.from(plaintext).toString('utf8'));
        expect(Buffer.from(sealed, 'base64url').includes(Buffer.from(plaintext))).toBe(false);
      }),
    );
  });

  it('never seals the same way twice', () => {
    const ring = createKeyRing([A], 'session');
    expect(ring.seal('text', 'id')).not.toBe(ring.seal('text', 'id'));
  });

  it('opens nothing that was changed in any bit or cut anywhere', () => {
    const ring = createKeyRing([A], 'session');
    const bytes = Buffer.from(ring.seal('some tokens', 'id'), 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(ring.open(changed.toString('base64url'), 'id'), `byte ${String(at)}`).toBeUndefined();
      expect(ring.open(bytes.subarray(0, at).toString('base64url'), 'id')).toBeUndefined();
    }
    expect(ring.open(`${bytes.toString('base64url')}AAAA`, 'id')).toBeUndefined();
  });

  it('opens nothing for other associated data or another purpose', () => {
    const sealed = createKeyRing([A], 'session').seal('text', 'id');
    expect(createKeyRing([A], 'session').open(sealed, 'other id')).toBeUndefined();
    expect(createKeyRing([A], 'login').open(sealed, 'id')).toBeUndefined();
  });

  it('is rotated A, then B and A, then B: the first seals, all open', () => {
    const before = createKeyRing([A], 'session');
    const both = createKeyRing([B, A], 'session');
    const after = createKeyRing([B], 'session');
    const old = before.seal('text', 'id');
    expect(both.open(old, 'id')).toEqual({ plaintext: 'text', current: false });
    const renewed = both.seal('text', 'id');
    expect(both.open(renewed, 'id')).toEqual({ plaintext: 'text', current: true });
    expect(after.open(renewed, 'id')).toEqual({ plaintext: 'text', current: true });
    expect(after.open(old, 'id')).toBeUndefined();
    expect(before.open(renewed, 'id')).toBeUndefined();
  });

  it('survives any text', () => {
    const ring = createKeyRing([A, B], 'session');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(ring.open(text, 'id')).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });
});
