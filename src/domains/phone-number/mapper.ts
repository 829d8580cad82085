import { toCountry } from '../../domain-kit/country.js';
import { isJson, requireId, toFlag, toId, toLabel, toText, type Json } from '../../domain-kit/json.js';
import { createOpenEnum, type ReportUnknown } from '../../domain-kit/open-enum.js';
import type {
  PaymentType,
  PhoneNumberFeature,
  PhoneNumberStatus,
  PhoneNumberType,
  PhoneNumberUsageType,
} from '../../generated/resolvers.js';
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

/** @throws GatewayError for a record without an id */
export function toPhoneNumber(json: Json, accountId: string, report: ReportUnknown): PhoneNumberModel {
  return {
    __typename: 'PhoneNumber',
    owner: { accountId },
    uri: json['uri'],
    resourceId: requireId(json),
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
    assignedTo: toAssignedExtension(json['extension']),
  };
}

/** A number's record tells an extension's number and name; the rest is read from the extension itself. */
function toAssignedExtension(json: unknown): AssignedExtension | null {
  const extensionId = isJson(json) ? toId(json['id']) : null;
  if (!isJson(json) || extensionId === null) return null;
  const { uri, extensionNumber, name } = json;
  return {
    extensionId,
    uri,
    known: {
      ...(extensionNumber !== undefined && { extensionNumber: toText(extensionNumber) }),
      ...(name !== undefined && { name: toText(name) }),
    },
  };
}
