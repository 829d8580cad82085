import { toCountry } from '../../domain-kit/country.js';
import { isJson, toFlag, toText, type Json } from '../../domain-kit/json.js';
import { GatewayError } from '../../errors.js';
import type { ParsedPhoneNumber } from '../../generated/resolvers.js';

/**
 * One entry or error for each string: matched by `originalString`, by position where the counts agree and the entry
 * names none of the strings.
 */
export function toParsedPhoneNumbers(
  json: Json,
  strings: readonly string[],
): (ParsedPhoneNumber | GatewayError)[] {
  const entries = Array.isArray(json['phoneNumbers']) ? json['phoneNumbers'].filter(isJson) : [];
  const wanted = new Set(strings);
  const named = new Map<string, Json>();
  for (const entry of entries) {
    const original = toText(entry['originalString']);
    if (original !== null && wanted.has(original) && !named.has(original)) named.set(original, entry);
  }
  const isNamed = (entry: Json) => wanted.has(String(entry['originalString']));
  const byPosition = (index: number) => {
    const entry = entries.length === strings.length ? entries[index] : undefined;
    return entry === undefined || isNamed(entry) ? undefined : entry;
  };
  return strings.map((string, index) => {
    const entry = named.get(string) ?? byPosition(index);
    return entry === undefined ? missing() : toParsedPhoneNumber(entry, string);
  });
}

const missing = () =>
  new GatewayError('RingCentral gave no answer for this text.', { code: 'UPSTREAM_INVALID_RESPONSE' });

const toParsedPhoneNumber = (json: Json, originalString: string): ParsedPhoneNumber => ({
  originalString,
  country: toCountry(json['country']),
  areaCode: toText(json['areaCode']),
  dialable: toText(json['dialable']),
  e164: toText(json['e164']),
  formattedInternational: toText(json['formattedInternational']),
  formattedNational: toText(json['formattedNational']),
  special: toFlag(json['special']),
  normalized: toText(json['normalized']),
  tollFree: toFlag(json['tollFree']),
  subAddress: toText(json['subAddress']),
  subscriberNumber: toText(json['subscriberNumber']),
  dtmfPostfix: toText(json['dtmfPostfix']),
});
