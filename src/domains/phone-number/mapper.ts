import { toCountry } from '../../domain-kit/country.js';
import { EXTENSION_TYPES } from '../../domain-kit/extension-type.js';
import { isJson, requireId, toFlag, toId, toLabel, toText, type Json } from '../../domain-kit/json.js';
import { createOpenEnum, type ReportUnknown } from '../../domain-kit/open-enum.js';
import type {
  PaymentType,
  PhoneNumberFeature,
  PhoneNumberStatus,
  PhoneNumberType,
  PhoneNumberUsageType,
} from '../../generated/resolvers.js';
import type { ExtensionFields } from '../extension/model.js';
import type { AssignedExtension, PhoneNumberModel } from './model.js';

export const PHONE_NUMBER_TYPES = createOpenEnum<PhoneNumberType>('PhoneNumberType', [
  'VoiceFax',
  'VoiceOnly',
  'FaxOnly',
]);

export const PHONE_NUMBER_STATUSES = createOpenEnum<PhoneNumberStatus>('PhoneNumberStatus', [
  'Normal',
  'Pending',
  'PortedIn',
  'Temporary',
  'Unknown',
]);

export const PAYMENT_TYPES = createOpenEnum<PaymentType>('PaymentType', [
  'External',
  'TollFree',
  'Local',
  'BusinessMobileNumberProvider',
  'ExternalNumberProvider',
  'ExternalNumberProviderTollFree',
  'Mobile',
]);

export const PHONE_NUMBER_FEATURES = createOpenEnum<PhoneNumberFeature>('PhoneNumberFeature', [
  'CallerId',
  'SmsSender',
  'A2PSmsSender',
  'MmsSender',
  'InternationalSmsSender',
  'Delegated',
  'TollFreeSmsSender',
]);

export const PHONE_NUMBER_USAGE_TYPES = createOpenEnum<PhoneNumberUsageType>('PhoneNumberUsageType', [
  'MainCompanyNumber',
  'AdditionalCompanyNumber',
  'CompanyNumber',
  'DirectNumber',
  'CompanyFaxNumber',
  'FmcBusinessMobileNumber',
  'InventoryFmcBusinessMobileNumber',
  'ForwardedNumber',
  'ForwardedCompanyNumber',
  'ContactCenterNumber',
  'ConferencingNumber',
  'MeetingsNumber',
  'NumberPool',
  'BusinessMobileNumber',
  'ELIN',
  'PartnerBusinessMobileNumber',
  'NumberPoolPartnerBusinessMobileNumber',
  'NumberStorage',
  'IntegrationNumber',
  'InventoryMobileNumber',
]);

/**
 * @param askedId the id that it was asked for by, where a record was asked for by id
 * @throws GatewayError for a record whose id is not known
 */
export function toPhoneNumber(
  json: Json,
  accountId: string,
  report: ReportUnknown,
  askedId?: string,
): PhoneNumberModel {
  return {
    __typename: 'PhoneNumber',
    owner: { accountId },
    uri: json['uri'],
    resourceId: requireId(json, askedId),
    phoneNumber: toText(json['phoneNumber']),
    label: toLabel(json['label']),
    location: toText(json['location']),
    primary: toFlag(json['primary']),
    callerIdName: toText(json['callerIdName']),
    type: PHONE_NUMBER_TYPES.toName(json['type'], report),
    usageType: PHONE_NUMBER_USAGE_TYPES.toName(json['usageType'], report),
    paymentType: PAYMENT_TYPES.toName(json['paymentType'], report),
    status: PHONE_NUMBER_STATUSES.toName(json['status'], report),
    country: toCountry(json['country']),
    assignedTo: toAssignedExtension(json['extension'], report),
  };
}

/** A number's record tells some of an extension; the rest is read from the extension itself. */
function toAssignedExtension(json: unknown, report: ReportUnknown): AssignedExtension | null {
  if (!isJson(json)) return null;
  const extensionId = toId(json['id']) ?? toExtensionId(json['uri']);
  if (extensionId === null) return null;
  const { uri, extensionNumber, name, type } = json;
  const known: Known = {};
  if (extensionNumber !== undefined) known.extensionNumber = toText(extensionNumber);
  if (name !== undefined) known.name = toText(name);
  if (type !== undefined) known.type = EXTENSION_TYPES.toName(type, report);
  return { extensionId, uri, known };
}

type Known = { -readonly [K in keyof ExtensionFields]?: ExtensionFields[K] };

/** The extension that its canonical URI names; ids are decimal. */
function toExtensionId(uri: unknown): string | null {
  const [, extensionId = null] = (typeof uri === 'string' && /\/extension\/(\d{1,32})\/?$/.exec(uri)) || [];
  return extensionId;
}
