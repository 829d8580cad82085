/** The boundary that a content type names, quoted or not; undefined for a type that is not multipart. */
export function boundaryOf(contentType: string): string | undefined {
  if (!/^\s*multipart\//i.test(contentType)) return undefined;
  const [, quoted, plain] = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))/i.exec(contentType) ?? [];
  return quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
}

export interface Parts {
  /** The bodies, headers left out, in order. */
  readonly parts: readonly Buffer[];
  /** Whether the closing boundary is there; without it the last part may be cut off. */
  readonly complete: boolean;
}

const DASH = 0x2d;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Reads a multipart body in one pass, without copies. A boundary counts only as a whole line of its own, so that the
 * same text inside a JSON string, where a line cannot begin, splits nothing.
 */
export function readParts(body: Buffer, boundary: string): Parts {
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const parts: Buffer[] = [];
  let start: number | undefined;
  for (let at = body.indexOf(delimiter); at !== -1; at = body.indexOf(delimiter, at + 1)) {
    if (at > 0 && body[at - 1] !== LF) continue;
    const line = readDelimiterLine(body, at + delimiter.length);
    if (line === undefined) continue;
    if (start !== undefined) parts.push(withoutHeaders(body.subarray(start, endOfPart(body, start, at))));
    if (line.closes) return { parts, complete: true };
    start = line.next;
  }
  if (start !== undefined && start < body.length) parts.push(withoutHeaders(body.subarray(start)));
  return { parts, complete: false };
}

/** What follows the boundary on its line: nothing, or `--` on the last one; blanks may follow either. */
function readDelimiterLine(body: Buffer, from: number): { closes: boolean; next: number } | undefined {
  const closes = body[from] === DASH && body[from + 1] === DASH;
  let at = closes ? from + 2 : from;
  while (body[at] === 0x20 || body[at] === 0x09 || body[at] === CR) at += 1;
  if (body[at] === LF) return { closes, next: at + 1 };
  // A closing boundary may end the body; any other that does was cut off.
  return at >= body.length && closes ? { closes, next: at } : undefined;
}

/** The line break before a boundary belongs to the boundary. */
function endOfPart(body: Buffer, start: number, boundaryAt: number): number {
  let end = boundaryAt - 1;
  if (end > start && body[end - 1] === CR) end -= 1;
  return Math.max(start, end);
}

/** A part's body begins after its first empty line; one without headers begins with that line. */
function withoutHeaders(part: Buffer): Buffer {
  for (let lineStart = 0; lineStart < part.length;) {
    const lineEnd = part.indexOf(LF, lineStart);
    if (lineEnd === -1) return part.subarray(part.length);
    const length = lineEnd - lineStart;
    if (length === 0 || (length === 1 && part[lineStart] === CR)) return part.subarray(lineEnd + 1);
    lineStart = lineEnd + 1;
  }
  return part;
}
