import { invalid, notFound, refuse, type Answer } from './error-body.js';
import { toPage } from './paging.js';
import { mark, ok, ownerUri, type Call, type Route } from './route.js';
import type { ForwardingNumber, Json } from './state.js';

const PATH = 'forwarding-number';

const toJson = (call: Call, { id, fields }: ForwardingNumber): Json => ({
  id,
  uri: `${ownerUri(call)}/${PATH}/${id}`,
  ...fields,
  ...(fields['label'] !== undefined && { label: mark(fields['label'], call.grant) }),
});

function findFault(call: Call, { phoneNumber, label }: Json): Answer | undefined {
  if (typeof phoneNumber !== 'string' || !/^\+[1-9]\d{6,14}$/.test(phoneNumber))
    return invalid('phoneNumber');
  if (label !== undefined && (typeof label !== 'string' || label.length > 60)) return invalid('label');
  const company = [...call.account.phoneNumbers.values()].some(
    ({ fields }) => fields['phoneNumber'] === phoneNumber,
  );
  // RingCentral quotes the number here.
  return company
    ? refuse(400, 'FPN-105', `Number ${phoneNumber} duplicates company number`, {
        parameterName: 'phoneNumber',
      })
    : undefined;
}

function add(call: Call): Answer {
  const { body = {}, extension } = call;
  const fault = findFault(call, body);
  if (fault) return fault;
  const { phoneNumber, label, type, flipNumber } = body;
  const id = String((extension.nextForwardingId += 4));
  // "If type is specified, label is ignored."
  const fields = {
    phoneNumber,
    ...(type === undefined && { label }),
    type: type ?? 'Other',
    flipNumber,
    features: ['CallForwarding'],
  };
  const record = { id, fields };
  extension.forwarding.set(id, record);
  return ok(toJson(call, record));
}

/** Replaces what can be written; what the body leaves out is gone. */
function replace(call: Call): Answer {
  const { body = {}, extension, id } = call;
  const record = extension.forwarding.get(id);
  if (record === undefined) return notFound('forwardingNumberId');
  const fault = findFault(call, body);
  if (fault) return fault;
  const { features, device } = record.fields;
  const { phoneNumber, label, type = 'Other', flipNumber } = body;
  const replaced = { id, fields: { phoneNumber, label, type, flipNumber, features, device } };
  extension.forwarding.set(id, replaced);
  return ok(toJson(call, replaced));
}

function remove({ extension, id }: Call): Answer {
  const record = extension.forwarding.get(id);
  if (record === undefined) return notFound('forwardingNumberId');
  if (record.fields['device'] !== undefined)
    return refuse(403, 'FPN-107', 'Device number cannot be deleted from the forwarding number list');
  extension.forwarding.delete(id);
  return { status: 204 };
}

function read(call: Call): Answer {
  const record = call.extension.forwarding.get(call.id);
  return record === undefined ? notFound('forwardingNumberId') : ok(toJson(call, record));
}

function list(call: Call): Answer {
  const records = [...call.extension.forwarding.values()].map((record) => toJson(call, record));
  return ok(toPage(`${ownerUri(call)}/${PATH}`, records, call.query));
}

const reading = { below: 'extension', group: 'light', permission: 'ReadUserForwardingFlipNumbers' } as const;
const editing = { below: 'extension', group: 'medium', permission: 'EditUserForwardingFlipNumbers' } as const;

export const FORWARDING_ROUTES: readonly Route[] = [
  { ...reading, method: 'GET', path: PATH, answer: list },
  { ...editing, method: 'POST', path: PATH, answer: add },
  { ...reading, method: 'GET', path: `${PATH}/{id}`, answer: read },
  { ...editing, method: 'PUT', path: `${PATH}/{id}`, answer: replace },
  { ...editing, method: 'DELETE', path: `${PATH}/{id}`, answer: remove },
];
