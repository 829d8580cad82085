import { isRecord, parseJson, type JsonRecord } from './json.js';
import { boundaryOf, readParts } from './multipart.js';

/** What an answer says of one id. */
export type ItemOutcome =
  | { readonly kind: 'record'; readonly body: JsonRecord }
  /** A deletion that succeeded. */
  | { readonly kind: 'done' }
  /** The item's own refusal; no body where none can be said to be this item's. */
  | { readonly kind: 'refusal'; readonly status: number; readonly body: unknown }
  /** No certain answer. */
  | { readonly kind: 'unclear' };

export interface MultiAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

export type BatchMethod = 'GET' | 'PUT' | 'DELETE';

/** One line of the summary, and the part that it describes. */
interface Entry {
  /** The id that it names; undefined where it names none, and its position counts. */
  readonly id: string | undefined;
  readonly status: number | undefined;
  /** Parsed; undefined where there is no part for it, or an unreadable one. */
  readonly body: unknown;
}

interface Entries {
  readonly entries: readonly Entry[];
  /** Whether there is a part for each entry, so that part i is certainly entry i's. */
  readonly aligned: boolean;
}

const UNCLEAR: ItemOutcome = { kind: 'unclear' };
const DONE: ItemOutcome = { kind: 'done' };

/**
 * Reads the answer to a request that named these ids: plain, or a 207 in either encoding, whatever was asked for. Every
 * id gets an outcome; one about which the answer contradicts itself is unclear, and never another id's record.
 * @param answer one with a 2xx status
 * @param ids distinct
 */
export function readMultiStatus(
  answer: MultiAnswer,
  ids: readonly string[],
  method: BatchMethod,
): Map<string, ItemOutcome> {
  const outcomes = new Map<string, ItemOutcome>(ids.map((id) => [id, UNCLEAR]));
  const content = readContent(answer, method);
  if (content === undefined) {
    const done =
      method === 'DELETE' && (answer.status === 204 || (ids.length === 1 && answer.status !== 207));
    if (done) for (const id of ids) outcomes.set(id, DONE);
  } else if ('plain' in content) {
    const id = ownerOfPlain(content.plain, ids, method);
    if (id !== undefined && answer.status !== 207) {
      outcomes.set(id, method === 'DELETE' ? DONE : { kind: 'record', body: content.plain });
    }
  } else assign(outcomes, content, ids, method);
  return outcomes;
}

/** By content type, and where that says nothing by what the body begins with. */
function readContent(
  { contentType, body }: MultiAnswer,
  method: BatchMethod,
): Entries | { plain: JsonRecord } | undefined {
  const boundary = boundaryOf(contentType) ?? boundaryOfBody(body);
  if (boundary !== undefined) return readMultipart(body, boundary, method);
  const json = parseBuffer(body);
  if (Array.isArray(json)) return readJsonForm(json);
  return isRecord(json) ? { plain: json } : undefined;
}

function boundaryOfBody(body: Buffer): string | undefined {
  if (body[0] !== 0x2d || body[1] !== 0x2d) return undefined;
  return /^--(\S{1,200})\s*\n/.exec(body.subarray(0, 256).toString('latin1'))?.[1];
}

function readMultipart(body: Buffer, boundary: string, method: BatchMethod): Entries {
  const { parts, complete } = readParts(body, boundary);
  const [first, ...rest] = parts;
  const summary = first && parseBuffer(first);
  const lines =
    isRecord(summary) && Array.isArray(summary['response']) ? (summary['response'] as unknown[]) : [];
  const bodies = rest.map(parseBuffer);
  const failed = lines.filter((line) => isRecord(line) && isFailure(toStatus(line['status'])));
  // A body that was cut off lacks its last parts; those before them are still in their places.
  const inPlace =
    bodies.length === lines.length || (!complete && bodies.length < lines.length && method !== 'DELETE');
  const failedInOrder = method === 'DELETE' && complete && bodies.length === failed.length;
  const bodyOf = (line: unknown, index: number): unknown => {
    if (inPlace) return bodies[index];
    return failedInOrder ? bodies[failed.indexOf(line)] : undefined;
  };
  const entries = lines.map((line, index): Entry => {
    if (!isRecord(line)) return { id: undefined, status: undefined, body: undefined };
    // Parts that cannot be told apart by place may still name themselves.
    const named = idOfUri(line['href']);
    const own =
      inPlace || failedInOrder || method !== 'GET'
        ? undefined
        : bodies.find((b) => named !== undefined && isRecord(b) && names(b, named));
    return { id: named, status: toStatus(line['status']), body: bodyOf(line, index) ?? own };
  });
  return { entries, aligned: complete && bodies.length === lines.length };
}

function readJsonForm(json: readonly unknown[]): Entries {
  const entries = json.map((line): Entry => {
    if (!isRecord(line)) return { id: undefined, status: undefined, body: undefined };
    return { id: toId(line['resourceId']), status: toStatus(line['status']), body: line['body'] };
  });
  return { entries, aligned: true };
}

function assign(
  outcomes: Map<string, ItemOutcome>,
  { entries, aligned }: Entries,
  ids: readonly string[],
  method: BatchMethod,
): void {
  const asked = new Set(ids);
  const counted = entries.length === ids.length;
  const named = entries.map(({ id }, index) => id ?? (counted ? ids[index] : undefined));
  const foreign = named.some((id) => id !== undefined && !asked.has(id));
  const times = new Map<string, number>();
  for (const id of named) if (id !== undefined) times.set(id, (times.get(id) ?? 0) + 1);
  // Positions are trusted only while nothing else is amiss.
  const certain = counted && aligned && !foreign;
  const touched = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const id = named[index];
    if (id === undefined || !asked.has(id)) continue;
    if (times.get(id) !== 1 || (entry.id === undefined && foreign)) {
      touched.add(id);
      continue;
    }
    const outcome = toOutcome(entry, id, method, certain);
    outcomes.set(id, outcome);
    if (method !== 'GET' || !isRecord(entry.body) || !isSuccess(entry.status)) continue;
    for (const other of namesOf(entry.body)) {
      if (other !== id) touched.add(id).add(other);
    }
  }
  for (const id of touched) if (asked.has(id)) outcomes.set(id, UNCLEAR);
}

function toOutcome({ status, body }: Entry, id: string, method: BatchMethod, certain: boolean): ItemOutcome {
  if (isFailure(status)) {
    const own = isRecord(body) && !(method === 'GET' && namesOf(body).length > 0) ? body : undefined;
    return { kind: 'refusal', status, body: own };
  }
  if (!isSuccess(status)) return UNCLEAR;
  if (method === 'DELETE') return DONE;
  if (!isRecord(body) || isErrorModel(body)) return UNCLEAR;
  if (method === 'PUT') return certain ? { kind: 'record', body } : UNCLEAR;
  // Where the counts disagree, a record must name itself.
  return certain || namesOf(body).length > 0
    ? contradicts(body, id)
      ? UNCLEAR
      : { kind: 'record', body }
    : UNCLEAR;
}

/** Which of the ids a plain answer is about. */
function ownerOfPlain(body: JsonRecord, ids: readonly string[], method: BatchMethod): string | undefined {
  const [only, ...others] = ids;
  if (isErrorModel(body)) return undefined;
  if (others.length === 0)
    return method === 'GET' && only !== undefined && contradicts(body, only) ? undefined : only;
  if (method !== 'GET') return undefined;
  return ids.find((id) => names(body, id));
}

/** The ids that a record gives itself, by `id` and by `uri`. */
function namesOf(body: JsonRecord): string[] {
  return [toId(body['id']), idOfUri(body['uri'])].filter((id) => id !== undefined);
}

const contradicts = (body: JsonRecord, id: string) => namesOf(body).some((own) => own !== id);

const names = (body: JsonRecord, id: string) => namesOf(body).length > 0 && !contradicts(body, id);

const isErrorModel = (body: JsonRecord) => 'errorCode' in body || Array.isArray(body['errors']);

function toId(value: unknown): string | undefined {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}

/** The last path segment of a URI, decoded. */
function idOfUri(uri: unknown): string | undefined {
  if (typeof uri !== 'string') return undefined;
  const segment = /([^/]+)\/?$/.exec(uri.replace(/[?#].*$/s, ''))?.[1];
  if (segment === undefined) return undefined;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

const toStatus = (value: unknown) => (Number.isInteger(value) ? (value as number) : undefined);
const isSuccess = (status: number | undefined) => status !== undefined && status >= 200 && status <= 299;
const isFailure = (status: number | undefined): status is number =>
  status !== undefined && status >= 400 && status <= 599;

function parseBuffer(bytes: Buffer): unknown {
  try {
    return parseJson(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
