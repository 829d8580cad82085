/** More than any page of an app needs, and little enough for a cookie (4,096 bytes with name and attributes). */
const MAX_LENGTH = 1024;

/**
 * Where the browser goes after the login: the absolute URL of a path on our own origin. Whatever is no plain path
 * (another origin, a backslash that browsers read as a slash, a control character, a space) becomes `/`.
 */
export function parseReturnTo(value: unknown, publicUrl: string): string {
  const home = `${publicUrl}/`;
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return home;
  if (!/^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(value)) return home;
  // Absolute on purpose: as a path, `/.//host` would become `//host`, which is another origin.
  return new URL(publicUrl + value).href;
}
