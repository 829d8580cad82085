import { invalid, notFound, refuse, type Answer } from './error-body.js';
import { toPage } from './paging.js';
import { mark, ok, ownerUri, type Call, type Route } from './route.js';
import { toBlockedId, type BlockedNumber, type Json } from './state.js';

const NEW = 'caller-blocking/phone-numbers';
const OLD = 'blocked-number';

/** The old family points to the new one's address: they are one list. */
const uriOf = (call: Call, id: string) => `${ownerUri(call)}/${NEW}/${encodeURIComponent(id)}`;

const toNew = (call: Call, { id, phoneNumber, label, status }: BlockedNumber): Json => ({
  uri: uriOf(call, id),
  id,
  phoneNumber,
  label: mark(label, call.grant),
  status,
});

const toOld = (call: Call, { id, phoneNumber, label }: BlockedNumber): Json => ({
  id,
  uri: uriOf(call, id),
  name: mark(label, call.grant),
  phoneNumber,
});

const isBlocked = ({ status }: BlockedNumber) => status !== 'Allowed';

/** Undefined where the body may be kept. */
function findFault({ phoneNumber, label, status }: Json): Answer | undefined {
  if (typeof phoneNumber !== 'string' || !/^\+[1-9]\d{6,14}$/.test(phoneNumber))
    return invalid('phoneNumber');
  if (label !== undefined && (typeof label !== 'string' || label.length > 60)) return invalid('label');
  if (status !== undefined && status !== 'Blocked' && status !== 'Allowed') return invalid('status');
  return undefined;
}

function add(call: Call): Answer {
  const { body = {}, extension } = call;
  const fault = findFault(body);
  if (fault) return fault;
  const {
    phoneNumber,
    label,
    status = 'Blocked',
  } = body as { phoneNumber: string; label?: string; status?: string };
  const id = toBlockedId(phoneNumber);
  if (extension.blocked.has(id))
    return refuse(400, 'CMN-406', 'Duplicate value for parameter [phoneNumber]', {
      parameterName: 'phoneNumber',
    });
  const record = { id, phoneNumber, label, status };
  extension.blocked.set(id, record);
  return ok(toNew(call, record));
}

/** Replaces the whole record: what the body leaves out is gone. A new number is a new id. */
function replace(call: Call): Answer {
  const { body = {}, extension, id } = call;
  if (!extension.blocked.has(id)) return notFound('blockedNumberId');
  const fault = findFault(body);
  if (fault) return fault;
  const {
    phoneNumber,
    label,
    status = 'Blocked',
  } = body as { phoneNumber: string; label?: string; status?: string };
  const record = { id: toBlockedId(phoneNumber), phoneNumber, label, status };
  extension.blocked.delete(id);
  extension.blocked.set(record.id, record);
  return ok(toNew(call, record));
}

function rename(call: Call): Answer {
  const { body = {}, extension, id } = call;
  const record = extension.blocked.get(id);
  if (record === undefined || !isBlocked(record)) return notFound('blockedNumberId');
  if (typeof body['name'] !== 'string' || body['name'].length > 60) return invalid('name');
  record.label = body['name'];
  return ok(toOld(call, record));
}

function remove({ extension, id }: Call): Answer {
  return extension.blocked.delete(id) ? { status: 204 } : notFound('blockedNumberId');
}

function read(call: Call, toJson: typeof toNew, shown: (record: BlockedNumber) => boolean): Answer {
  const record = call.extension.blocked.get(call.id);
  return record && shown(record) ? ok(toJson(call, record)) : notFound('blockedNumberId');
}

function list(call: Call): Answer {
  const status = call.query.get('status');
  if (status !== null && status !== 'Blocked' && status !== 'Allowed') return invalid('status', status);
  const records = [...call.extension.blocked.values()].filter(
    (record) => status === null || record.status === status,
  );
  return ok(
    toPage(
      `${ownerUri(call)}/${NEW}`,
      records.map((record) => toNew(call, record)),
      call.query,
    ),
  );
}

function listOld(call: Call): Answer {
  const records = [...call.extension.blocked.values()].filter(isBlocked);
  return ok(
    toPage(
      `${ownerUri(call)}/${OLD}`,
      records.map((record) => toOld(call, record)),
      call.query,
    ),
  );
}

const reading = { below: 'extension', group: 'light', permission: 'ReadBlockedNumbers' } as const;
const editing = { below: 'extension', group: 'medium', permission: 'EditBlockedNumbers' } as const;
const everything = () => true;

export const BLOCKED_ROUTES: readonly Route[] = [
  { ...reading, method: 'GET', path: NEW, answer: list },
  { ...editing, method: 'POST', path: NEW, answer: add },
  { ...reading, method: 'GET', path: `${NEW}/{ids}`, answer: (call) => read(call, toNew, everything) },
  { ...editing, method: 'PUT', path: `${NEW}/{ids}`, answer: replace },
  { ...editing, method: 'DELETE', path: `${NEW}/{ids}`, answer: remove },
  { ...reading, method: 'GET', path: OLD, answer: listOld },
  { ...reading, method: 'GET', path: `${OLD}/{ids}`, answer: (call) => read(call, toOld, isBlocked) },
  { ...editing, method: 'PUT', path: `${OLD}/{ids}`, answer: rename },
  { ...editing, method: 'DELETE', path: `${OLD}/{ids}`, answer: remove },
];
