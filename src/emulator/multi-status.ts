import { randomUUID } from 'node:crypto';
import type { Answer } from './answer.js';
import { HOST, ROOT } from './state.js';

/** How a 207 is written: RingCentral's own ways differ between services. */
export interface Variant {
  /** Undefined: a new one each time. */
  readonly boundary: string | undefined;
  readonly boundaryQuoted: boolean;
  readonly spaceAfterSemicolon: boolean;
  readonly newline: '\r\n' | '\n';
  readonly headerName: 'Content-Type' | 'content-type' | 'CONTENT-TYPE';
  readonly preamble: string;
  readonly epilogue: string;
  readonly href: 'absolute' | 'short' | 'absent';
  /** Entries, with their parts, in the reverse order. */
  readonly reversed: boolean;
  /** What stands in a DELETE's 207 for an id that was deleted. */
  readonly deletedParts: 'empty' | 'absent';
  /** Whether the JSON form is written where it is asked for. */
  readonly jsonForm: boolean;
}

export const DEFAULT_VARIANT: Variant = {
  boundary: undefined,
  boundaryQuoted: false,
  spaceAfterSemicolon: true,
  newline: '\r\n',
  headerName: 'Content-Type',
  preamble: '',
  epilogue: '',
  href: 'absolute',
  reversed: false,
  deletedParts: 'empty',
  jsonForm: true,
};

/** A 207 before it is written. */
export interface MultiStatus {
  readonly entries: readonly StatusEntry[];
  /** JSON; undefined stands for an empty part. As many as entries, or less where deleted ids have none. */
  readonly parts: readonly unknown[];
}

export interface StatusEntry {
  readonly id: string;
  readonly status: number;
}

export interface BatchItem {
  readonly id: string;
  readonly answer: Answer;
}

export interface WriteOptions {
  /** The canonical address that the ids stand below. */
  readonly collection: string;
  readonly accept: string;
  readonly variant: Variant;
}

const JSON_FORM = 'application/vnd.ringcentral.multipart+json';

export function toMultiStatus(items: readonly BatchItem[], { reversed, deletedParts }: Variant): MultiStatus {
  const ordered = reversed ? [...items].reverse() : items;
  return {
    entries: ordered.map(({ id, answer }) => ({ id, status: answer.status })),
    parts: ordered
      .filter(({ answer }) => answer.status !== 204 || deletedParts === 'empty')
      .map(({ answer }) => answer.body),
  };
}

export function writeMultiStatus(multi: MultiStatus, options: WriteOptions): Answer {
  return options.variant.jsonForm && options.accept.includes(JSON_FORM)
    ? writeJsonForm(multi)
    : writeMultipart(multi, options);
}

/** Each entry has its body by its side. Where parts are left out it is the deleted ids that have none. */
function writeJsonForm({ entries, parts }: MultiStatus): Answer {
  const complete = entries.length === parts.length;
  const left = [...parts];
  const written = entries.map(({ id, status }) => {
    const body = status === 204 && !complete ? undefined : left.shift();
    return { resourceId: id, status, body: status === 204 && complete ? {} : body };
  });
  return { status: 207, headers: { 'content-type': JSON_FORM }, text: JSON.stringify(written) };
}

function writeMultipart({ entries, parts }: MultiStatus, { collection, variant }: WriteOptions): Answer {
  const { newline, boundaryQuoted, spaceAfterSemicolon, headerName, href, preamble, epilogue } = variant;
  const base = href === 'short' ? collection.replace(ROOT, HOST) : collection;
  const response = entries.map(({ id, status }) => ({
    ...(href !== 'absent' && { href: `${base}/${encodeURIComponent(id)}` }),
    status,
    responseDescription: status < 300 ? 'OK' : 'Error',
  }));
  const boundary = variant.boundary ?? `Boundary_${randomUUID().replaceAll('-', '_')}`;
  const head = `--${boundary}${newline}${headerName}: application/json${newline}${newline}`;
  const written = [{ response }, ...parts].map(
    (part) => `${head}${part === undefined ? '' : JSON.stringify(part)}${newline}`,
  );
  const value = boundaryQuoted ? `"${boundary}"` : boundary;
  return {
    status: 207,
    headers: { 'content-type': `multipart/mixed;${spaceAfterSemicolon ? ' ' : ''}boundary=${value}` },
    text: `${preamble}${written.join('')}--${boundary}--${newline}${epilogue}`,
  };
}
