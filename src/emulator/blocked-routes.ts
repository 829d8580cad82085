import { ok, type Answer } from './answer.js';
import { duplicate, invalid, notFound } from './error-body.js';
import type { Json } from './json.js';
import { readFilter, toPage } from './paging.js';
import { extensionUri, isE164, isLabel, mark, unmark, type Call, type Route } from './route.js';
import { toBlockedId, type BlockedNumber } from './state.js';

const NEW = 'caller-blocking/phone-numbers';
const OLD = 'blocked-number';
const STATUSES = new Set(['Blocked', 'Allowed']);

/** The two families are two views of one list. */
interface Family {
  readonly path: string;
  readonly labelName: 'label' | 'name';
  readonly toJson: (call: Call, record: BlockedNumber) => Json;
  readonly shows: (record: BlockedNumber) => boolean;
}

/** The old family points to the new one's address. */
const uriOf = (call: Call, id: string) => `${extensionUri(call)}/${NEW}/${encodeURIComponent(id)}`;

const callerBlocking: Family = {
  path: NEW,
  labelName: 'label',
  toJson: (call, { id, phoneNumber, label, status }) => ({
    uri: uriOf(call, id),
    id,
    phoneNumber,
    label: mark(label, call.grant),
    status,
  }),
  shows: () => true,
};

const blockedNumber: Family = {
  path: OLD,
  labelName: 'name',
  toJson: (call, { id, phoneNumber, label }) => ({
    id,
    uri: uriOf(call, id),
    name: mark(label, call.grant),
    phoneNumber,
  }),
  shows: ({ status }) => status !== 'Allowed',
};

/** What a body says a record is to be; an answer where it may not. */
function readRecord(call: Call, { labelName }: Family, before?: BlockedNumber): BlockedNumber | Answer {
  const { phoneNumber, [labelName]: label, status = 'Blocked' } = call.body;
  if (!isE164(phoneNumber)) return invalid('phoneNumber', phoneNumber);
  if (!isLabel(label)) return invalid(labelName);
  // A status of its own that nobody else knows may be written back.
  if (typeof status !== 'string' || (!STATUSES.has(status) && status !== before?.status))
    return invalid('status', status);
  const id = toBlockedId(phoneNumber);
  if (id !== before?.id && call.extension.blocked.has(id)) return duplicate('phoneNumber');
  return { id, phoneNumber, label: unmark(label, call.grant) as string | undefined, status };
}

function find(call: Call, { shows }: Family): BlockedNumber | undefined {
  const record = call.extension.blocked.get(call.id);
  return record && shows(record) ? record : undefined;
}

function add(call: Call, family: Family): Answer {
  const record = readRecord(call, family);
  if (!('id' in record)) return record;
  call.extension.blocked.set(record.id, record);
  return ok(family.toJson(call, record));
}

/** Replaces the whole record: what the body leaves out is gone. A new number is a new id. */
function replace(call: Call): Answer {
  const before = find(call, callerBlocking);
  if (before === undefined) return notFound('blockedNumberId');
  const record = readRecord(call, callerBlocking, before);
  if (!('id' in record)) return record;
  if (record.id !== before.id) call.extension.blocked.delete(before.id);
  call.extension.blocked.set(record.id, record);
  return ok(callerBlocking.toJson(call, record));
}

/** "Currently only the name can be updated." */
function rename(call: Call): Answer {
  const before = find(call, blockedNumber);
  if (before === undefined) return notFound('blockedNumberId');
  const { name } = call.body;
  if (typeof name !== 'string' || !isLabel(name)) return invalid('name');
  const record = { ...before, label: unmark(name, call.grant) as string };
  call.extension.blocked.set(record.id, record);
  return ok(blockedNumber.toJson(call, record));
}

function remove(call: Call, family: Family): Answer {
  const record = find(call, family);
  if (record === undefined) return notFound('blockedNumberId');
  call.extension.blocked.delete(record.id);
  return { status: 204 };
}

function read(call: Call, family: Family): Answer {
  const record = find(call, family);
  return record === undefined ? notFound('blockedNumberId') : ok(family.toJson(call, record));
}

function list(call: Call, family: Family): Answer {
  const wanted = readFilter(call.query, 'status', STATUSES);
  if (typeof wanted !== 'function') return wanted;
  const records = [...call.extension.blocked.values()].filter(
    (record) => family.shows(record) && wanted(record.status ?? 'Blocked'),
  );
  return toPage(`${extensionUri(call)}/${family.path}`, records, call.query, (record) =>
    family.toJson(call, record),
  );
}

const reading = {
  below: 'extension',
  group: 'light',
  needs: { app: 'ReadAccounts', user: 'ReadBlockedNumbers' },
} as const;
const editing = {
  below: 'extension',
  group: 'medium',
  needs: { app: 'EditExtensions', user: 'EditBlockedNumbers' },
} as const;

const of =
  (family: Family, handle: (call: Call, family: Family) => Answer): Route['answer'] =>
  (call) =>
    handle(call, family);

// The first six names are the 2018 document's, odd as they are; the lists have only later ones.
export const BLOCKED_ROUTES: readonly Route[] = [
  {
    ...reading,
    operation: 'listBlockedAllowedNumbers',
    method: 'GET',
    path: NEW,
    answer: of(callerBlocking, list),
  },
  {
    ...editing,
    operation: 'createBlockedAllowedPhoneNumberLists',
    method: 'POST',
    path: NEW,
    answer: of(callerBlocking, add),
  },
  {
    ...reading,
    operation: 'listBlockedAllowedPhoneNumber',
    method: 'GET',
    path: `${NEW}/{ids}`,
    answer: of(callerBlocking, read),
  },
  {
    ...editing,
    operation: 'updateBlockedAllowedPhoneNumber',
    method: 'PUT',
    path: `${NEW}/{ids}`,
    answer: replace,
  },
  {
    ...editing,
    operation: 'deleteBlockedAllowedPhoneNumber',
    method: 'DELETE',
    path: `${NEW}/{ids}`,
    answer: of(callerBlocking, remove),
  },
  {
    ...reading,
    operation: 'listBlockedNumbers',
    method: 'GET',
    path: OLD,
    answer: of(blockedNumber, list),
  },
  {
    ...editing,
    operation: 'blockNumber',
    method: 'POST',
    path: OLD,
    answer: of(blockedNumber, add),
  },
  {
    ...reading,
    operation: 'loadBlockedNumber',
    method: 'GET',
    path: `${OLD}/{ids}`,
    answer: of(blockedNumber, read),
  },
  { ...editing, operation: 'updateBlockedNumber', method: 'PUT', path: `${OLD}/{ids}`, answer: rename },
  {
    ...editing,
    operation: 'unblockNumber',
    method: 'DELETE',
    path: `${OLD}/{ids}`,
    answer: of(blockedNumber, remove),
  },
];
