import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Secret } from '../../lib/secret.js';

/** Encrypts for one purpose under the first secret, and decrypts what was encrypted under any of them. */
export interface KeyRing {
  /** Base64url. It opens only with the same associated data. */
  seal(plaintext: string, associatedData: string): string;
  /** Undefined for what was tampered with, cut, sealed for something else or under a secret that is gone. */
  open(sealed: string, associatedData: string): Opened | undefined;
  /** Whether it names, rightly or not, a secret of this ring. */
  hasKeyOf(sealed: string): boolean;
}

export interface Opened {
  readonly plaintext: string;
  /** Whether it was sealed under the first secret, which is the one to keep. */
  readonly current: boolean;
}

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const KEY_ID_BYTES = 8;
/** NIST SP 800-38D, sections 8.2 and 5.2: a random IV has 96 bits, a tag 128. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = KEY_ID_BYTES + IV_BYTES + TAG_BYTES;

interface Key {
  readonly id: Buffer;
  readonly key: Buffer;
}

/** `label` separates the keys: what is sealed for one purpose never opens for another. */
export function createKeyRing(secrets: readonly Secret[], label: string): KeyRing {
  const keys = secrets.map((secret): Key => ({
    id: derive(secret, `${label} key id`, KEY_ID_BYTES),
    key: derive(secret, `${label} key`, KEY_BYTES),
  }));
  const [first] = keys;
  if (first === undefined) throw new TypeError('A key ring needs a secret.');
  const keyOf = (bytes: Buffer): Key | undefined => {
    const id = bytes.subarray(0, KEY_ID_BYTES);
    return keys.find((candidate) => candidate.id.equals(id));
  };
  return {
    seal(plaintext, associatedData) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, first.key, iv, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(associatedData));
      const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
      return Buffer.concat([first.id, iv, cipher.getAuthTag(), body]).toString('base64url');
    },
    open(sealed, associatedData) {
      const bytes = Buffer.from(sealed, 'base64url');
      // Node's decoder skips what it does not know: only the one way of writing these bytes counts.
      if (bytes.length < HEAD_BYTES || bytes.toString('base64url') !== sealed) return undefined;
      const key = keyOf(bytes);
      if (key === undefined) return undefined;
      const iv = bytes.subarray(KEY_ID_BYTES, KEY_ID_BYTES + IV_BYTES);
      const decipher = createDecipheriv(ALGORITHM, key.key, iv, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(associatedData));
      decipher.setAuthTag(bytes.subarray(KEY_ID_BYTES + IV_BYTES, HEAD_BYTES));
      try {
        const body = Buffer.concat([decipher.update(bytes.subarray(HEAD_BYTES)), decipher.final()]);
        return { plaintext: body.toString('utf8'), current: key === first };
      } catch {
        return undefined;
      }
    },
    hasKeyOf: (sealed) => keyOf(Buffer.from(sealed, 'base64url')) !== undefined,
  };
}

const derive = (secret: Secret, info: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', secret.reveal(), '', `switchboard ${info}`, bytes));
