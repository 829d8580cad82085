import { ok, type Answer } from './answer.js';
import { invalid, notFound, refuse } from './error-body.js';
import type { Json } from './json.js';
import { toPage } from './paging.js';
import { extensionUri, isE164, isLabel, mark, unmark, type Call, type Route } from './route.js';
import type { ForwardingNumber } from './state.js';

const PATH = 'forwarding-number';

/** Nobody's phone rings for these. */
const WITHOUT_FORWARDING = new Set(['IvrMenu', 'Site']);

const TYPES = new Set([
  'Home',
  'Mobile',
  'Work',
  'PhoneLine',
  'Outage',
  'Other',
  'BusinessMobilePhone',
  'ExternalCarrier',
  'ExtensionApps',
]);

const toJson = (call: Call, { id, fields }: ForwardingNumber): Json => ({
  id,
  uri: `${extensionUri(call)}/${PATH}/${id}`,
  ...fields,
  label: mark(fields['label'], call.grant),
});

function findFault({ body, account }: Call, before?: ForwardingNumber): Answer | undefined {
  const { phoneNumber, label, type, device } = body;
  const ofDevice = type === 'PhoneLine' && device !== undefined;
  if (ofDevice ? phoneNumber !== undefined : !isE164(phoneNumber)) return invalid('phoneNumber', phoneNumber);
  if (!isLabel(label)) return invalid('label');
  if (type !== undefined && type !== before?.fields['type'] && !TYPES.has(type as string))
    return invalid('type', type);
  const company = [...account.phoneNumbers.values()].some(
    ({ fields }) => phoneNumber !== undefined && fields['phoneNumber'] === phoneNumber,
  );
  // RingCentral quotes the number here.
  return company
    ? refuse(400, 'FPN-105', `Number ${String(phoneNumber)} duplicates company number`, {
        parameterName: 'phoneNumber',
      })
    : undefined;
}

function add(call: Call): Answer {
  const fault = findFault(call);
  if (fault) return fault;
  const { phoneNumber, label, type, flipNumber, device } = call.body;
  const id = String((call.extension.nextForwardingId += 4));
  const fields = {
    phoneNumber,
    // "If type is specified, label is ignored."
    ...(type === undefined && { label: unmark(label, call.grant) }),
    type: type ?? 'Other',
    flipNumber,
    features: ['CallForwarding'],
    device,
  };
  const record = { id, fields };
  call.extension.forwarding.set(id, record);
  return ok(toJson(call, record));
}

/** Replaces what can be written; what the body leaves out is gone. */
function replace(call: Call): Answer {
  const before = call.extension.forwarding.get(call.id);
  if (before === undefined) return notFound('forwardingNumberId');
  const fault = findFault(call, before);
  if (fault) return fault;
  const { features, device, extension } = before.fields;
  const { phoneNumber, label, type = 'Other', flipNumber } = call.body;
  const record = {
    id: before.id,
    fields: { phoneNumber, label: unmark(label, call.grant), type, flipNumber, features, device, extension },
  };
  call.extension.forwarding.set(record.id, record);
  return ok(toJson(call, record));
}

function remove(call: Call): Answer {
  const record = call.extension.forwarding.get(call.id);
  if (record === undefined) return notFound('forwardingNumberId');
  if (record.fields['device'] !== undefined)
    return refuse(403, 'FPN-107', 'Device number cannot be deleted from the forwarding number list');
  call.extension.forwarding.delete(record.id);
  return { status: 204 };
}

function read(call: Call): Answer {
  const record = call.extension.forwarding.get(call.id);
  return record === undefined ? notFound('forwardingNumberId') : ok(toJson(call, record));
}

function list(call: Call): Answer {
  const records = [...call.extension.forwarding.values()];
  return toPage(`${extensionUri(call)}/${PATH}`, records, call.query, (record) => toJson(call, record));
}

const whereItExists =
  (answer: Route['answer']): Route['answer'] =>
  (call) =>
    WITHOUT_FORWARDING.has(String(call.extension.fields['type']))
      ? refuse(403, 'CMN-403', 'The feature is not available for this extension type')
      : answer(call);

const reading = {
  below: 'extension',
  group: 'light',
  needs: { app: 'ReadAccounts', user: 'ReadUserForwardingFlipNumbers' },
} as const;
const editing = {
  below: 'extension',
  group: 'medium',
  needs: { app: 'EditExtensions', user: 'EditUserForwardingFlipNumbers' },
} as const;

const ROUTES: readonly Route[] = [
  { ...reading, operation: 'listForwardingNumbers', method: 'GET', path: PATH, answer: list },
  { ...editing, operation: 'createForwardingNumber', method: 'POST', path: PATH, answer: add },
  { ...reading, operation: 'getForwardingNumber', method: 'GET', path: `${PATH}/{id}`, answer: read },
  { ...editing, operation: 'updateForwardingNumber', method: 'PUT', path: `${PATH}/{id}`, answer: replace },
  {
    ...editing,
    operation: 'deleteExtensionForwardingNumber',
    method: 'DELETE',
    path: `${PATH}/{id}`,
    answer: remove,
  },
];

export const FORWARDING_ROUTES: readonly Route[] = ROUTES.map((route) => ({
  ...route,
  answer: whereItExists(route.answer),
}));
