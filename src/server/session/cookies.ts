/** RFC 6265, section 4.1.1: a cookie's name is a token, its value holds no space, quote, comma, semicolon or backslash. */
const NAME = /^[!#$%&'*+\-.^_`|~\w]+$/;
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/;

/** The cookies of one request. */
export interface Cookies {
  /** Whether a cookie of this name came, usable or not. */
  has(name: string): boolean;
  /** Its value; undefined where it did not come, breaks the grammar, or came twice and so may be somebody else's. */
  get(name: string): string | undefined;
  names(): string[];
}

export function parseCookies(header: string | undefined): Cookies {
  const values = new Map<string, string | undefined>();
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    if (equals === -1) continue;
    const name = pair.slice(0, equals).trim();
    const value = pair.slice(equals + 1).trim();
    if (!NAME.test(name)) continue;
    values.set(name, !values.has(name) && VALUE.test(value) ? value : undefined);
  }
  return {
    has: (name) => values.has(name),
    get: (name) => values.get(name),
    names: () => [...values.keys()],
  };
}

export interface CookieAttributes {
  readonly secure: boolean;
  readonly sameSite: 'Strict' | 'Lax';
  /** Undefined: until the browser closes. 0 deletes it. */
  readonly maxAgeSeconds?: number;
}

/**
 * A Set-Cookie header for a cookie that no script reads and that belongs to this host alone.
 * @throws TypeError when name or value cannot stand in a cookie: neither is ever made of unchecked input.
 */
export function toSetCookie(name: string, value: string, attributes: CookieAttributes): string {
  if (!NAME.test(name) || !VALUE.test(value)) throw new TypeError('This cannot stand in a cookie.');
  const parts = [`${name}=${value}`, 'Path=/', 'HttpOnly', `SameSite=${attributes.sameSite}`];
  if (attributes.secure) parts.push('Secure');
  if (attributes.maxAgeSeconds !== undefined) parts.push(`Max-Age=${String(attributes.maxAgeSeconds)}`);
  return parts.join('; ');
}
