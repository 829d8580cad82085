const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const HYPHEN = 0x2d;

// Sticky, so that a header with a syntax error is read up to there and never searched again from its middle.
const PARAMETER = /;\s*(?:([^\s=;"]+)\s*=\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s;"]*))\s*)?/gy;

/** The `boundary` parameter of a Content-Type; undefined where it has none. */
export function boundaryOf(contentType: string): string | undefined {
  const start = contentType.indexOf(';');
  if (start === -1) return undefined;
  for (const [, name, quoted, bare] of contentType.slice(start).matchAll(PARAMETER)) {
    if (name?.toLowerCase() !== 'boundary') continue;
    return (quoted?.replaceAll(/\\(.)/g, '$1') ?? bare) || undefined;
  }
  return undefined;
}

/** The boundary with which a body begins, for an answer whose Content-Type does not tell it. */
export function boundaryAtStart(body: Buffer): string | undefined {
  if (body[0] !== HYPHEN || body[1] !== HYPHEN) return undefined;
  const end = body.indexOf(LF);
  return body.toString('utf8', 2, end === -1 ? body.length : end).trimEnd() || undefined;
}

/**
 * The bodies of a multipart body's parts, without their headers, as views of it. `complete` says that the closing
 * boundary was there; where it is not, the last part may be cut short.
 */
export function readParts(body: Buffer, boundary: string): { parts: Buffer[]; complete: boolean } {
  const parts: Buffer[] = [];
  const delimiter = Buffer.from(`--${boundary}`);
  let partStart: number | undefined;
  for (let at = body.indexOf(delimiter); at !== -1; at = body.indexOf(delimiter, at + delimiter.length)) {
    if (at > 0 && body[at - 1] !== LF) continue;
    const tail = readTail(body, at + delimiter.length);
    if (tail === undefined) continue;
    if (partStart !== undefined) parts.push(withoutHeaders(body, partStart, endOfLine(body, at - 1)));
    if (tail.closing) return { parts, complete: true };
    partStart = tail.end;
  }
  if (partStart !== undefined && partStart < body.length) {
    parts.push(withoutHeaders(body, partStart, body.length));
  }
  return { parts, complete: false };
}

/** What follows a boundary in its line: nothing, or the two hyphens that close; anything else is no boundary. */
function readTail(body: Buffer, start: number): { closing: boolean; end: number } | undefined {
  const closing = body[start] === HYPHEN && body[start + 1] === HYPHEN;
  let at = closing ? start + 2 : start;
  while (body[at] === SPACE || body[at] === TAB) at += 1;
  if (body[at] === CR) at += 1;
  if (at < body.length && body[at] !== LF) return undefined;
  return { closing, end: at + 1 };
}

/** Where the line ends whose LF is at `lf`. */
const endOfLine = (body: Buffer, lf: number) => (body[lf - 1] === CR ? lf - 1 : lf);

/** A part without the lines up to its first blank one; nothing where there is no blank one. */
function withoutHeaders(body: Buffer, start: number, end: number): Buffer {
  let line = start;
  for (let lf = body.indexOf(LF, line); lf !== -1 && lf < end; lf = body.indexOf(LF, line)) {
    if (endOfLine(body, lf) <= line) return body.subarray(lf + 1, end);
    line = lf + 1;
  }
  return body.subarray(line, line);
}
