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
  // Malformed entries keep their places, so that no other one moves into them.
  const entries: readonly unknown[] = Array.isArray(json['phoneNumbers']) ? json['phoneNumbers'] : [];
  const wanted = new Set(strings);
  const names = entries.map((entry) => {
    const name = isJson(entry) ? toText(entry['originalString']) : null;
    return name !== null && wanted.has(name) ? name : undefined;
  });
  const positional = entries.length === strings.length;
  return strings.map((string, index) => {
    const place = names.indexOf(string);
    const entry = place !== -1 ? entries[place] : positional && names[index] === undefined && entries[index];
    return isJson(entry) ? toParsedPhoneNumber(entry, string) : missing();
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
