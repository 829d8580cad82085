import { ok, type Answer } from './answer.js';
import { notFound } from './error-body.js';
import type { Json } from './json.js';
import { readFilter, toPage } from './paging.js';
import { accountUri, extensionUri, mark, type Call, type Route } from './route.js';
import type { PhoneNumber } from './state.js';

const PATH = 'phone-number';

const USAGE_TYPES = new Set([
  'MainCompanyNumber',
  'AdditionalCompanyNumber',
  'CompanyNumber',
  'DirectNumber',
  'CompanyFaxNumber',
  'ForwardedNumber',
  'ForwardedCompanyNumber',
  'ContactCenterNumber',
  'ConferencingNumber',
  'MeetingsNumber',
  'NumberPool',
  'ELIN',
  'BusinessMobileNumber',
  'PartnerBusinessMobileNumber',
  'FmcBusinessMobileNumber',
  'InventoryFmcBusinessMobileNumber',
  'NumberPoolPartnerBusinessMobileNumber',
  'NumberStorage',
  'IntegrationNumber',
  'InventoryMobileNumber',
]);
const PAYMENT_TYPES = new Set([
  'External',
  'TollFree',
  'Local',
  'BusinessMobileNumberProvider',
  'ExternalNumberProvider',
  'ExternalNumberProviderTollFree',
  'Mobile',
]);
const STATUSES = new Set(['Normal', 'Pending', 'PortedIn', 'Temporary', 'Unknown']);

function toJson(call: Call, { id, fields, ownerId }: PhoneNumber, uri: string): Json {
  const owner = ownerId === undefined ? undefined : call.account.extensions.get(ownerId);
  return {
    uri: `${uri}/${PATH}/${id}`,
    ...fields,
    label: mark(fields['label'], call.grant),
    ...(owner && {
      extension: {
        id: Number(owner.id),
        uri: `${accountUri(call)}/extension/${owner.id}`,
        extensionNumber: owner.fields['extensionNumber'],
        name: mark(owner.fields['name'], call.grant),
      },
    }),
  };
}

/** The account's own reads tell no country. */
function toAccountJson(call: Call, number: PhoneNumber): Json {
  const { country: _country, ...json } = toJson(call, number, accountUri(call));
  return json;
}

function readOfAccount(call: Call): Answer {
  const number = call.account.phoneNumbers.get(call.id);
  return number === undefined ? notFound('phoneNumberId') : ok(toAccountJson(call, number));
}

function list(
  call: Call,
  uri: string,
  shows: (number: PhoneNumber) => boolean,
  write: (number: PhoneNumber) => Json,
): Answer {
  const usageType = readFilter(call.query, 'usageType', USAGE_TYPES);
  if (typeof usageType !== 'function') return usageType;
  const status = readFilter(call.query, 'status', STATUSES);
  if (typeof status !== 'function') return status;
  const paymentType = readFilter(call.query, 'paymentType', PAYMENT_TYPES);
  if (typeof paymentType !== 'function') return paymentType;
  const numbers = [...call.account.phoneNumbers.values()].filter(
    (number) =>
      shows(number) &&
      usageType(number.fields['usageType']) &&
      status(number.fields['status']) &&
      paymentType(number.fields['paymentType']),
  );
  return toPage(`${uri}/${PATH}`, numbers, call.query, write);
}

function listOfAccount(call: Call): Answer {
  const wanted = call.query.get('extensionStatus');
  const isShown = ({ ownerId }: PhoneNumber) =>
    wanted === null || call.account.extensions.get(ownerId ?? '')?.fields['status'] === wanted;
  return list(call, accountUri(call), isShown, (number) => toAccountJson(call, number));
}

/** The extension's own numbers and the company's that it may use; what it may do with each belongs to the pair. */
function listOfExtension(call: Call): Answer {
  const { id, features } = call.extension;
  return list(
    call,
    extensionUri(call),
    ({ ownerId, shared }) => shared || ownerId === id,
    (number) => ({ ...toJson(call, number, extensionUri(call)), features: features.get(number.id) }),
  );
}

const company = { app: 'ReadAccounts', user: 'ReadCompanyPhoneNumbers' } as const;

export const PHONE_NUMBER_ROUTES: readonly Route[] = [
  {
    operation: 'listExtensionPhoneNumbers',
    method: 'GET',
    below: 'extension',
    path: PATH,
    group: 'light',
    needs: { app: 'ReadAccounts', user: 'ReadUserPhoneNumbers' },
    answer: listOfExtension,
  },
  {
    operation: 'loadAccountPhoneNumber',
    method: 'GET',
    below: 'account',
    path: `${PATH}/{ids}`,
    group: 'light',
    needs: company,
    answer: readOfAccount,
  },
  {
    operation: 'listAccountPhoneNumbers',
    method: 'GET',
    below: 'account',
    path: PATH,
    group: 'heavy',
    needs: company,
    answer: listOfAccount,
  },
];
