import { isJson, tryParse, type Json } from './json.js';

const JSON_FORM = 'application/vnd.ringcentral.multipart+json';

/** The bodies of a PUT for several ids, in the path's order; undefined where they cannot be read. */
export function readBatchBodies(contentType: string, body: string): readonly Json[] | undefined {
  if (contentType.startsWith('multipart/mixed')) return readParts(contentType, body);
  return contentType.startsWith(JSON_FORM) ? readEntries(body) : undefined;
}

/** RFC 2046, section 5.1: parts between lines of two hyphens and the boundary, a blank line after a part's headers. */
function readParts(contentType: string, body: string): readonly Json[] | undefined {
  const boundary = /boundary=(?:"([^"]+)"|([^";\s]+))/.exec(contentType);
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) return undefined;
  const lines = `\n${body}`.replaceAll('\r\n', '\n').split(`\n--${name}`);
  if (!lines.at(-1)?.startsWith('--')) return undefined;
  return allJson(lines.slice(1, -1).map((part) => part.slice(part.indexOf('\n\n') + 2)));
}

function readEntries(body: string): readonly Json[] | undefined {
  const entries = tryParse(body);
  if (!Array.isArray(entries)) return undefined;
  const bodies: unknown[] = entries.map((entry) => (isJson(entry) ? entry['body'] : undefined));
  return bodies.every(isJson) ? bodies : undefined;
}

function allJson(texts: readonly string[]): readonly Json[] | undefined {
  const parsed = texts.map(tryParse);
  return parsed.every(isJson) ? parsed : undefined;
}
