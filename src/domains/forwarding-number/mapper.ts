import type { ExtensionOwner } from '../../domain-kit/input.js';
import { requireId, toLabel, toText, withoutNulls, type Json } from '../../domain-kit/json.js';
import { createOpenEnum, toNames, type ReportUnknown } from '../../domain-kit/open-enum.js';
import type { ForwardingNumberFeature, ForwardingNumberType } from '../../generated/resolvers.js';
import type { ForwardingNumberModel } from './model.js';

export const FORWARDING_NUMBER_TYPES = createOpenEnum<ForwardingNumberType>('ForwardingNumberType', [
  'Home',
  'Mobile',
  'Work',
  'PhoneLine',
  'Outage',
  'Other',
  'BusinessMobilePhone',
  'ExtensionApps',
]);

export const FORWARDING_NUMBER_FEATURES = createOpenEnum<ForwardingNumberFeature>('ForwardingNumberFeature', [
  'CallFlip',
  'CallForwarding',
]);

/**
 * @param askedId the id that it was asked for by, where a record was asked for by id
 * @throws GatewayError for a record whose id is not known
 */
export function toForwardingNumber(
  json: Json,
  owner: ExtensionOwner,
  report: ReportUnknown,
  askedId?: string,
): ForwardingNumberModel {
  return {
    __typename: 'ForwardingNumber',
    owner,
    uri: json['uri'],
    resourceId: requireId(json, askedId),
    phoneNumber: toText(json['phoneNumber']),
    label: toLabel(json['label']),
    type: FORWARDING_NUMBER_TYPES.toName(json['type'], report),
    features: toNames(FORWARDING_NUMBER_FEATURES, json['features'], report),
    flipNumber: toText(json['flipNumber']),
  };
}

/** What a partial update names, in upstream's words; `undefined` keeps, a null label clears. */
export interface ForwardingNumberPatch {
  readonly phoneNumber?: string;
  readonly label?: string | null;
  readonly type?: string;
  readonly flipNumber?: string;
}

/** The whole body of a PUT: what upstream holds, with what the patch names. An attribute left out is cleared. */
export function toForwardingNumberBody(current: Json, patch: ForwardingNumberPatch): Json {
  const { phoneNumber = current['phoneNumber'], label = current['label'], type = current['type'] } = patch;
  // It is read as a string or an integer, and written as a string.
  const flipNumber = patch.flipNumber ?? toText(current['flipNumber']);
  return withoutNulls({ phoneNumber, label, flipNumber, type });
}

/** The fields of an input, which upstream calls the same. */
export const FORWARDING_NUMBER_FIELDS = {
  add: { phoneNumber: 'phoneNumber', label: 'label', type: 'type' },
  update: { phoneNumber: 'phoneNumber', label: 'label', type: 'type', flipNumber: 'flipNumber' },
} as const;
