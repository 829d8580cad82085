import type { ExtensionOwner } from '../../domain-kit/input.js';
import { requireId, toLabel, toText, withoutNulls, type Json } from '../../domain-kit/json.js';
import { createOpenEnum, type ReportUnknown } from '../../domain-kit/open-enum.js';
import type { BlockedNumberSource, BlockedNumberStatus } from '../../generated/resolvers.js';
import type { BlockedNumberModel } from './model.js';

export const BLOCKED_NUMBER_STATUSES = createOpenEnum<BlockedNumberStatus>('BlockedNumberStatus', [
  'Blocked',
  'Allowed',
]);

/**
 * @param askedId the id that it was asked for by, where a record was asked for by id
 * @throws GatewayError for a record whose id is not known
 */
export function toBlockedNumber(
  json: Json,
  owner: ExtensionOwner,
  source: BlockedNumberSource,
  report: ReportUnknown,
  askedId?: string,
): BlockedNumberModel {
  return {
    __typename: 'BlockedNumber',
    owner,
    source,
    uri: json['uri'],
    resourceId: requireId(json, askedId),
    phoneNumber: toText(json['phoneNumber']),
    // The old family calls it `name`, and knows blocked numbers only.
    label: toLabel(source === 'BLOCKED_NUMBER' ? json['name'] : json['label']),
    status: source === 'BLOCKED_NUMBER' ? 'BLOCKED' : BLOCKED_NUMBER_STATUSES.toName(json['status'], report),
  };
}

/** What a partial update names, in upstream's words; `undefined` keeps, a null label clears. */
export interface BlockedNumberPatch {
  readonly phoneNumber?: string;
  readonly label?: string | null;
  readonly status?: string;
}

/** The whole body of a PUT: what upstream holds, with what the patch names. An attribute left out is cleared. */
export function toBlockedNumberBody(current: Json, patch: BlockedNumberPatch): Json {
  const {
    phoneNumber = current['phoneNumber'],
    label = current['label'],
    status = current['status'],
  } = patch;
  return withoutNulls({ phoneNumber, label, status });
}

/** The fields of an update by what its family calls them. */
export const BLOCKED_NUMBER_FIELDS: Readonly<Record<BlockedNumberSource, Readonly<Record<string, string>>>> =
  {
    CALLER_BLOCKING: { phoneNumber: 'phoneNumber', label: 'label', status: 'status' },
    BLOCKED_NUMBER: { name: 'label' },
  };
