import { EXTENSION_TYPES } from '../../domain-kit/extension-type.js';
import { isJson, toFlag, toText, type Json } from '../../domain-kit/json.js';
import { createOpenEnum, type ReportUnknown } from '../../domain-kit/open-enum.js';
import type { Contact, ExtensionStatus, PronouncedNameType } from '../../generated/resolvers.js';
import type { ExtensionFields } from './model.js';

export const EXTENSION_STATUSES = createOpenEnum<ExtensionStatus>('ExtensionStatus', [
  'Enabled',
  'Disabled',
  'Frozen',
  'NotActivated',
  'Unassigned',
]);

export const PRONOUNCED_NAME_TYPES = createOpenEnum<PronouncedNameType>('PronouncedNameType', [
  'Default',
  'TextToSpeech',
  'Recorded',
]);

export function toExtensionFields(json: Json, report: ReportUnknown): ExtensionFields {
  return {
    extensionNumber: toText(json['extensionNumber']),
    name: toText(json['name']),
    type: EXTENSION_TYPES.toName(json['type'], report),
    status: EXTENSION_STATUSES.toName(json['status'], report),
    contact: isJson(json['contact']) ? toContact(json['contact'], report) : null,
  };
}

function toContact(json: Json, report: ReportUnknown): Contact {
  const { businessAddress: address, pronouncedName: pronounced } = json;
  return {
    firstName: toText(json['firstName']),
    lastName: toText(json['lastName']),
    name: toText(json['name']),
    company: toText(json['company']),
    jobTitle: toText(json['jobTitle']),
    email: toText(json['email']),
    businessPhone: toText(json['businessPhone']),
    mobilePhone: toText(json['mobilePhone']),
    department: toText(json['department']),
    emailAsLoginName: toFlag(json['emailAsLoginName']),
    businessAddress: isJson(address)
      ? {
          street: toText(address['street']),
          city: toText(address['city']),
          state: toText(address['state']),
          zip: toText(address['zip']),
          country: toText(address['country']),
        }
      : null,
    pronouncedName: isJson(pronounced)
      ? { type: PRONOUNCED_NAME_TYPES.toName(pronounced['type'], report), text: toText(pronounced['text']) }
      : null,
  };
}
