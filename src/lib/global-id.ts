/** A global id: base64url of its type and parts. A part holds no `/`, so the parts can be told apart again. */
export function encodeGlobalId(type: string, parts: readonly string[]): string {
  return Buffer.from(`${type}/${parts.join('/')}`, 'utf8').toString('base64url');
}

/** Longer than any id that we give out: three path segments of 128 characters of up to 4 bytes, and a type. */
const MAX_LENGTH = 2600;

/** The type and parts of a global id; undefined for any text that `encodeGlobalId` did not write. */
export function decodeGlobalId(id: string): { type: string; parts: string[] } | undefined {
  if (id.length > MAX_LENGTH || !/^[\w-]+$/.test(id)) return undefined;
  const bytes = Buffer.from(id, 'base64url');
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').toString('base64url') !== id) return undefined;
  const [type = '', ...parts] = text.split('/');
  return parts.length === 0 ? undefined : { type, parts };
}
