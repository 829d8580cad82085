const SLASH = 0x2f;

/** A URI's last path segment, decoded; empty where it has none. One slash at its end is no segment. */
export function lastSegment(uri: string): string {
  const query = uri.indexOf('?');
  const fragment = uri.indexOf('#');
  let end = query === -1 ? uri.length : query;
  if (fragment !== -1 && fragment < end) end = fragment;
  if (uri.charCodeAt(end - 1) === SLASH) end -= 1;
  const segment = uri.slice(uri.lastIndexOf('/', end - 1) + 1, end);
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
