import { toFictionalNumber } from './fictional-numbers.js';
import type { Json } from './json.js';
import { toBlockedId, type BlockedNumber, type Extension, type ForwardingNumber } from './state.js';

export interface ExtensionContents {
  readonly blockedNumbers: number;
  readonly forwardingNumbers: number;
  readonly features: Extension['features'];
}

/** The first ten are blocked by everybody, so that one id stands in several extensions. */
const SHARED = 10;
const FORWARDING_TYPES = ['Home', 'Mobile', 'Work', 'PhoneLine', 'Other', 'CarrierPigeon'];

/** `place`: which of its account's extensions it is; its numbers are like nobody else's. */
export function createExtension(
  id: string,
  fields: Json,
  place: number,
  contents: ExtensionContents,
): Extension {
  const blocked = Array.from({ length: contents.blockedNumbers }, (_, index) =>
    createBlockedNumber(place, index, (fields['name'] ?? id) as string),
  );
  const firstId = 417_276_280_004 + place * 1_000_000;
  const forwarding = Array.from({ length: contents.forwardingNumbers }, (_, index) =>
    createForwardingNumber(String(firstId + index * 4), place, index),
  );
  return {
    id,
    fields,
    features: contents.features,
    blocked: new Map(blocked.map((record) => [record.id, record])),
    forwarding: new Map(forwarding.map((record) => [record.id, record])),
    nextForwardingId: firstId + contents.forwardingNumbers * 4,
  };
}

function createBlockedNumber(place: number, index: number, owner: string): BlockedNumber {
  const phoneNumber = toFictionalNumber(index < SHARED ? 650 : 321 + place, 100 + index);
  return {
    id: toBlockedId(phoneNumber),
    phoneNumber,
    ...(index % 7 !== 6 && { label: toLabel(index, owner) }),
    ...(index % 13 !== 12 && { status: toStatus(index) }),
  };
}

function toLabel(index: number, owner: string): string | null {
  if (index % 11 === 10) return '';
  return index % 19 === 18 ? null : `Caller ${index} of ${owner}`;
}

function toStatus(index: number): string {
  if (index === 5) return 'Quarantined';
  return index % 4 === 3 ? 'Allowed' : 'Blocked';
}

function createForwardingNumber(id: string, place: number, index: number): ForwardingNumber {
  const type = FORWARDING_TYPES[index % FORWARDING_TYPES.length] ?? 'Other';
  const ofDevice = type === 'PhoneLine';
  return {
    id,
    fields: {
      phoneNumber: toFictionalNumber(701 + place, 100 + index),
      ...(index !== 4 && { label: ofDevice ? 'Desk phone' : `My ${type} ${index}` }),
      ...(index !== 7 && { type }),
      features: index % 2 === 0 ? ['CallFlip', 'CallForwarding'] : ['CallForwarding'],
      flipNumber: index % 3 === 0 ? index : String(index),
      ...(ofDevice && { device: { id: `${id}9` } }),
      ...(index === 2 && { extension: { id: '1', name: 'Somebody else', extensionNumber: '999' } }),
    },
  };
}
