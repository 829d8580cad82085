import { lastSegment } from '../lib/last-segment.js';
import { isRecord, type JsonRecord } from './json.js';
import { boundaryAtStart, boundaryOf, readParts } from './multipart.js';
import { readBody } from './refusal.js';

/** What a batch answer says of one id. */
export type ItemOutcome =
  | { readonly kind: 'record'; readonly body: JsonRecord }
  /** Deleted. */
  | { readonly kind: 'done' }
  /** Refused by itself. `body` is its error model, undefined where none can be attributed to it. */
  | { readonly kind: 'refusal'; readonly status: number; readonly body: unknown }
  /** Nothing certain: no answer, or one that contradicts itself. */
  | { readonly kind: 'unclear' };

/** An answer with a 2xx status. */
export interface MultiAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
}

export type BatchMethod = 'GET' | 'PUT' | 'DELETE';

const DONE: ItemOutcome = { kind: 'done' };
const UNCLEAR: ItemOutcome = { kind: 'unclear' };

/**
 * One outcome for each of the distinct ids asked for, in their order. It never throws, whatever the bytes are.
 * @param renamed the ids whose records a PUT may have given another id
 */
export function readMultiStatus(
  answer: MultiAnswer,
  ids: readonly string[],
  method: BatchMethod,
  renamed: ReadonlySet<string> = NONE,
): Map<string, ItemOutcome> {
  const judge = createJudge(answer, { ids, asked: new Set(ids), method, renamed });
  const outcomes = new Map<string, ItemOutcome>();
  for (const id of ids) outcomes.set(id, judge(id));
  return outcomes;
}

const NONE: ReadonlySet<string> = new Set();

interface Question {
  readonly ids: readonly string[];
  readonly asked: ReadonlySet<string>;
  readonly method: BatchMethod;
  readonly renamed: ReadonlySet<string>;
}

type Judge = (id: string) => ItemOutcome;

function createJudge(answer: MultiAnswer, question: Question): Judge {
  const { method } = question;
  // RingCentral's answer to a batch DELETE of which every item succeeded.
  if (answer.status === 204) return () => (method === 'DELETE' ? DONE : UNCLEAR);
  const content = readContent(answer);
  if (content.kind === 'summary') {
    const summary = toSummary(content, question);
    return method === 'DELETE' ? createRemovalJudge(summary) : createRecordJudge(summary, question);
  }
  return createPlainJudge(answer.status, content, question);
}

/** For an answer without a summary, which is that of one id, or names its id itself. */
function createPlainJudge(status: number, content: PlainContent, question: Question): Judge {
  const { ids, method } = question;
  const single = ids.length === 1;
  if (method === 'DELETE') {
    const accepted = status === 200 || status === 202;
    const fine = content.kind === 'empty' || (content.kind === 'object' && !isErrorModel(content.body));
    return () => (single && accepted && fine ? DONE : UNCLEAR);
  }
  if (content.kind !== 'object' || isErrorModel(content.body)) return () => UNCLEAR;
  const { body } = content;
  const names = namesOf(body);
  if (!single && (method === 'PUT' || names.length === 0)) return () => UNCLEAR;
  const outcome: ItemOutcome = { kind: 'record', body };
  return (id) => {
    // Only the answer tells what `~` stands for.
    const own = (single && id === '~') || isOf(id, names, question);
    return own ? outcome : UNCLEAR;
  };
}

/** Whether a record that has these names can be the one asked for by this id. */
function isOf(id: string, names: readonly string[], { asked, renamed }: Question): boolean {
  const [name, uriName = id] = names;
  if (name === undefined || name === id) return uriName === id;
  // The uri of a record with a new id may still be the old one.
  return renamed.has(id) && uriName === id && name !== NOBODY && !asked.has(name);
}

interface Summary {
  readonly entries: readonly Entry[];
  readonly bodies: readonly unknown[];
  /** Whether nothing was cut off the end. */
  readonly complete: boolean;
  /** The place of an id's entry; `SEVERAL` where more than one claims the id. */
  readonly placeOf: ReadonlyMap<string, number>;
  /** Whether each id has exactly one entry, and there is no other entry. */
  readonly regular: boolean;
}

interface Entry {
  /** Undefined where the entry does not say whose it is: then its place does. */
  readonly name: string | undefined;
  readonly status: unknown;
}

const SEVERAL = -1;

function toSummary({ entries, bodies, complete }: SummaryContent, { ids, asked }: Question): Summary {
  const placeOf = new Map<string, number>();
  entries.forEach(({ name }, place) => {
    const id = name ?? ids[place];
    if (id !== undefined && asked.has(id)) placeOf.set(id, placeOf.has(id) ? SEVERAL : place);
  });
  const regular = entries.length === ids.length && placeOf.size === ids.length;
  return { entries, bodies, complete, placeOf, regular };
}

/** For GET and PUT, of which the answer has a body for each entry. */
function createRecordJudge(summary: Summary, question: Question): Judge {
  const { entries, bodies, complete, placeOf, regular } = summary;
  const { asked } = question;
  const paired = bodies.length === entries.length;
  const cutShort = !complete && bodies.length < entries.length;
  // Where all counts agree and nothing was cut off, a body need not say itself whose it is.
  const certain = regular && paired && complete;
  const namesAt = bodies.map((body) => (isRecord(body) ? namesOf(body) : NAMELESS));
  const misplaced = findMisplaced(namesAt, summary, asked);

  return (id) => {
    const place = placeOf.get(id) ?? SEVERAL;
    const entry = entries[place];
    if (entry === undefined || misplaced.has(id)) return UNCLEAR;
    const { name, status } = entry;
    const names = namesAt[place] ?? NAMELESS;
    if (isSuccess(status)) {
      const body = bodies[place];
      if (!isRecord(body) || isErrorModel(body) || !isOf(id, names, question)) return UNCLEAR;
      return certain || names[0] === id ? { kind: 'record', body } : UNCLEAR;
    }
    if (!isFailure(status) || (name === undefined && !regular)) return UNCLEAR;
    const body = paired || cutShort ? bodies[place] : undefined;
    if (!isRecord(body)) return { kind: 'refusal', status, body: undefined };
    const refused = isErrorModel(body);
    const contradicts = names.some((other) => asked.has(other) && !(refused && other === id));
    return contradicts ? UNCLEAR : { kind: 'refusal', status, body: refused ? body : undefined };
  };
}

const NAMELESS: readonly string[] = [];

/** The ids that are named by a body at another place than their entry's. */
function findMisplaced(
  namesAt: readonly (readonly string[])[],
  { placeOf }: Summary,
  asked: ReadonlySet<string>,
): ReadonlySet<string> {
  let misplaced: Set<string> | undefined;
  for (const [place, names] of namesAt.entries()) {
    for (const name of names) {
      if (asked.has(name) && placeOf.get(name) !== place) (misplaced ??= new Set()).add(name);
    }
  }
  return misplaced ?? NONE;
}

/** For DELETE the statuses decide alone: the parts of what succeeded may be empty or missing. */
function createRemovalJudge({ entries, bodies, complete, placeOf, regular }: Summary): Judge {
  const failed = new Map<number, number>();
  entries.forEach(({ status }, place) => {
    if (isFailure(status)) failed.set(place, failed.size);
  });
  const bodyOf = (place: number) => {
    if (bodies.length === entries.length) return bodies[place];
    return complete && bodies.length === failed.size ? bodies[failed.get(place) ?? SEVERAL] : undefined;
  };

  return (id) => {
    const place = placeOf.get(id) ?? SEVERAL;
    const entry = entries[place];
    if (entry === undefined || (entry.name === undefined && !regular)) return UNCLEAR;
    if (isSuccess(entry.status)) return DONE;
    if (!isFailure(entry.status)) return UNCLEAR;
    const body = bodyOf(place);
    return { kind: 'refusal', status: entry.status, body: isErrorModel(body) ? body : undefined };
  };
}

type Content = SummaryContent | PlainContent;

type PlainContent =
  | { readonly kind: 'object'; readonly body: JsonRecord }
  | { readonly kind: 'empty' }
  | { readonly kind: 'senseless' };

interface SummaryContent extends Pick<Summary, 'entries' | 'bodies' | 'complete'> {
  readonly kind: 'summary';
}

/** Told by the bytes: the content type says which boundary to look for, and is not believed further. */
function readContent({ contentType, body }: MultiAnswer): Content {
  for (const boundary of [boundaryOf(contentType), boundaryAtStart(body)]) {
    if (boundary === undefined) continue;
    const { parts, complete } = readParts(body, boundary);
    const [first, ...rest] = parts;
    if (first === undefined) continue;
    const entries = entriesOf(readBody(first));
    if (entries === undefined) return { kind: 'senseless' };
    const bodies = rest.map((part) => (part.length === 0 ? undefined : readBody(part)));
    return { kind: 'summary', entries, bodies, complete };
  }
  const value = readBody(body);
  if (Array.isArray(value)) {
    const bodies = value.map((item: unknown) => (isRecord(item) ? item['body'] : undefined));
    return { kind: 'summary', entries: value.map(toEntry), bodies, complete: true };
  }
  if (!isRecord(value)) return { kind: body.toString('utf8').trim() === '' ? 'empty' : 'senseless' };
  const entries = entriesOf(value);
  return entries === undefined
    ? { kind: 'object', body: value }
    : { kind: 'summary', entries, bodies: [], complete: true };
}

/** The entries of a multipart answer's summary; undefined where it is none. */
function entriesOf(summary: unknown): Entry[] | undefined {
  const response = isRecord(summary) ? summary['response'] : undefined;
  return Array.isArray(response) ? response.map(toEntry) : undefined;
}

function toEntry(entry: unknown): Entry {
  if (!isRecord(entry)) return { name: undefined, status: undefined };
  const names = namesOf(entry, 'resourceId', 'href');
  return { name: names.length > 1 ? NOBODY : names[0], status: entry['status'] };
}

/** Stands for an id that is none; nobody asks for it, since it cannot stand in a path. */
const NOBODY = '';

/** The ids that a record names, by its own id and by the last segment of its URI: two where these disagree. */
function namesOf(json: JsonRecord, idKey = 'id', uriKey = 'uri'): readonly string[] {
  const id = toName(json[idKey]);
  const uri = json[uriKey];
  if (uri === undefined || uri === null) return id === undefined ? NAMELESS : [id];
  const last = typeof uri === 'string' ? lastSegment(uri) : NOBODY;
  return id === undefined || id === last ? [last] : [id, last];
}

function toName(id: unknown): string | undefined {
  if (id === undefined || id === null) return undefined;
  if (typeof id === 'string') return id;
  return typeof id === 'number' && Number.isSafeInteger(id) ? String(id) : NOBODY;
}

const isSuccess = (status: unknown): status is number =>
  Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 299;

const isFailure = (status: unknown): status is number =>
  Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599;

/** The current error model or the legacy one. */
const isErrorModel = (body: unknown): boolean =>
  isRecord(body) && (typeof body['errorCode'] === 'string' || Array.isArray(body['errors']));
