import { randomUUID } from 'node:crypto';
import { refuse, type Answer } from './error-body.js';
import { isJson, ROOT, type Json } from './state.js';

/** How a 207 is written: RingCentral's own ways differ between services. */
export interface Variant {
  readonly boundaryQuoted: boolean;
  readonly spaceAfterSemicolon: boolean;
  readonly newline: '\r\n' | '\n';
  readonly headerName: 'Content-Type' | 'content-type';
  readonly preamble: string;
  readonly epilogue: string;
  readonly href: 'absolute' | 'short' | 'absent';
  /** Entries, with their parts, in the reverse order. */
  readonly reversed: boolean;
  /** What stands in a DELETE's 207 for an id that was deleted. */
  readonly deletedParts: 'empty' | 'absent';
}

export const DEFAULT_VARIANT: Variant = {
  boundaryQuoted: false,
  spaceAfterSemicolon: true,
  newline: '\r\n',
  headerName: 'Content-Type',
  preamble: '',
  epilogue: '',
  href: 'absolute',
  reversed: false,
  deletedParts: 'empty',
};

export interface BatchItem {
  readonly id: string;
  readonly answer: Answer;
}

export interface BatchOptions {
  readonly path: string;
  readonly accept: string;
  readonly method: string;
  readonly variant: Variant;
}

const JSON_FORM = 'application/vnd.ringcentral.multipart+json';

/** The answer to a request that named several ids: 204 where all were deleted, else a 207. */
export function writeBatch(
  items: readonly BatchItem[],
  { path, accept, method, variant }: BatchOptions,
): Answer {
  if (method === 'DELETE' && items.every(({ answer }) => answer.status === 204)) return { status: 204 };
  const ordered = variant.reversed ? [...items].reverse() : items;
  if (accept.includes(JSON_FORM)) {
    const entries = ordered.map(({ id, answer }) => ({
      resourceId: id,
      status: answer.status,
      body: answer.body ?? {},
    }));
    return { status: 207, headers: { 'content-type': JSON_FORM }, text: JSON.stringify(entries) };
  }
  const collection = path.slice(0, path.lastIndexOf('/'));
  const root = variant.href === 'short' ? ROOT.replace('/restapi/v1.0', '') : ROOT;
  const summary = ordered.map(({ id, answer }) => ({
    ...(variant.href !== 'absent' && { href: `${root}${collection}/${encodeURIComponent(id)}` }),
    status: answer.status,
    responseDescription: answer.status < 300 ? 'OK' : 'Not OK',
  }));
  const bodies = ordered
    .filter(({ answer }) => answer.status !== 204 || variant.deletedParts === 'empty')
    .map(({ answer }) => (answer.status === 204 ? '' : JSON.stringify(answer.body)));
  return writeMultipart([JSON.stringify({ response: summary }), ...bodies], variant);
}

function writeMultipart(parts: readonly string[], variant: Variant): Answer {
  const { newline, boundaryQuoted, spaceAfterSemicolon, headerName } = variant;
  const boundary = `Boundary_${randomUUID().replaceAll('-', '_')}`;
  const written = parts.map(
    (part) => `--${boundary}${newline}${headerName}: application/json${newline}${newline}${part}${newline}`,
  );
  const value = boundaryQuoted ? `"${boundary}"` : boundary;
  return {
    status: 207,
    headers: { 'content-type': `multipart/mixed;${spaceAfterSemicolon ? ' ' : ''}boundary=${value}` },
    text: `${variant.preamble}${written.join('')}--${boundary}--${newline}${variant.epilogue}`,
  };
}

/** The bodies of a PUT for several ids, in the path's order; an answer where they cannot be read. */
export function readBatchBodies(contentType: string, body: string, count: number): readonly Json[] | Answer {
  const bodies = contentType.startsWith('multipart/mixed') ? readParts(contentType, body) : readEntries(body);
  if (bodies?.length !== count) return refuse(400, 'CMN-104', 'Unable to read the parts of the request');
  return bodies;
}

function readParts(contentType: string, body: string): Json[] | undefined {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) return undefined;
  const parts = body.split(`--${boundary}`).slice(1, -1);
  return allJson(parts.map((part) => part.slice(part.search(/\r?\n\r?\n/))));
}

function readEntries(body: string): Json[] | undefined {
  const entries: unknown = tryParse(body);
  if (!Array.isArray(entries)) return undefined;
  return allJson(entries.map((entry) => JSON.stringify(isJson(entry) ? entry['body'] : undefined)));
}

function allJson(texts: readonly (string | undefined)[]): Json[] | undefined {
  const parsed = texts.map((text) => tryParse(text ?? ''));
  return parsed.every(isJson) ? parsed : undefined;
}

export function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
