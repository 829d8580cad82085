import { invalid, notFound, type Answer } from './error-body.js';
import { parseNumber, COUNTRIES } from './number-parser.js';
import { toPage } from './paging.js';
import { mark, ok, ownerUri, type Call, type Route } from './route.js';
import { ROOT, type Extension, type Json, type PhoneNumber } from './state.js';

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

const accountUri = ({ account }: Call) => `${ROOT}/account/${account.id}`;

const toExtensionJson = (call: Call, { id, fields }: Extension): Json => ({
  id: Number(id),
  uri: `${accountUri(call)}/extension/${id}`,
  extensionNumber: fields['extensionNumber'],
  name: fields['name'],
});

function toJson(call: Call, { id, fields, extensionId }: PhoneNumber, uri: string): Json {
  const extension = extensionId === undefined ? undefined : call.account.extensions.get(extensionId);
  return {
    uri: `${uri}/phone-number/${id}`,
    ...fields,
    label: mark(fields['label'], call.grant),
    ...(extension && { extension: toExtensionJson(call, extension) }),
  };
}

/** The account's own read has no country, and gives the id as a string. */
function readOfAccount(call: Call): Answer {
  const number = call.account.phoneNumbers.get(call.id);
  if (number === undefined) return notFound('phoneNumberId');
  const { country: _country, ...json } = toJson(call, number, accountUri(call));
  return ok({ ...json, id: number.id });
}

function listOfExtension(call: Call): Answer {
  const wanted = call.query.getAll('usageType');
  const unknown = wanted.find((value) => !USAGE_TYPES.has(value));
  if (unknown !== undefined) return invalid('usageType', unknown);
  const numbers = [...call.account.phoneNumbers.values()].filter(
    ({ extensionId, fields }) =>
      (extensionId === undefined || extensionId === call.extension.id) &&
      (wanted.length === 0 || wanted.includes(String(fields['usageType']))),
  );
  const records = numbers.map((number) => ({
    ...toJson(call, number, ownerUri(call)),
    features: call.extension.features.get(number.id),
  }));
  return ok(toPage(`${ownerUri(call)}/phone-number`, records, call.query));
}

function readExtension(call: Call): Answer {
  const extension = call.account.extensions.get(call.id);
  if (extension === undefined) return notFound('extensionId');
  return ok({
    uri: `${accountUri(call)}/extension/${extension.id}`,
    id: Number(extension.id),
    account: { id: call.account.id, uri: accountUri(call) },
    ...extension.fields,
    name: mark(extension.fields['name'], call.grant),
  });
}

function parse({ body, query }: Call): Answer {
  const strings = body?.['originalStrings'];
  const priority = query.get('nationalAsPriority');
  if (priority !== null && priority !== 'true' && priority !== 'false')
    return invalid('nationalAsPriority', priority);
  const home = COUNTRIES.find(({ isoCode }) => isoCode === (query.get('homeCountry') ?? 'US'));
  if (home === undefined) return invalid('homeCountry');
  if (!Array.isArray(strings) || strings.length > 64) return invalid('originalStrings');
  if (!strings.every((text): text is string => typeof text === 'string' && text.length <= 64))
    return invalid('originalStrings');
  return ok({
    uri: `${ROOT}/number-parser/parse`,
    homeCountry: home,
    phoneNumbers: strings.map((text) => parseNumber(text, home)),
  });
}

export const NUMBER_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: 'phone-number',
    below: 'extension',
    group: 'light',
    permission: 'ReadUserPhoneNumbers',
    answer: listOfExtension,
  },
  {
    method: 'GET',
    path: 'phone-number/{ids}',
    below: 'account',
    group: 'light',
    permission: 'ReadCompanyPhoneNumbers',
    answer: readOfAccount,
  },
  {
    method: 'GET',
    path: 'extension/{id}',
    below: 'account',
    group: 'light',
    permission: 'ReadExtensions',
    answer: readExtension,
  },
  { method: 'POST', path: 'number-parser/parse', below: 'version', group: 'light', answer: parse },
];
