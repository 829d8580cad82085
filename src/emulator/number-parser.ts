import type { Json } from './state.js';

export interface Country {
  readonly id: string;
  readonly uri: string;
  readonly callingCode: string;
  readonly isoCode: string;
  readonly name: string;
}

const country = (id: string, callingCode: string, isoCode: string, name: string): Country => ({
  id,
  uri: `https://platform.ringcentral.com/restapi/v1.0/dictionary/country/${id}`,
  callingCode,
  isoCode,
  name,
});

export const COUNTRIES: readonly Country[] = [
  country('1', '1', 'US', 'United States'),
  country('224', '44', 'GB', 'United Kingdom'),
  country('75', '33', 'FR', 'France'),
];

const TOLL_FREE = new Set(['800', '833', '844', '855', '866', '877', '888']);

/** A modest parser: North American numbers in their usual forms, and what begins with a plus sign. */
export function parseNumber(originalString: string, home: Country): Json {
  const [, written = '', dtmfPostfix] = /^([^,;*]*)(?:[,;*](.*))?$/s.exec(originalString) ?? [];
  const digits = written.replaceAll(/\D/g, '');
  if (digits.length > 0 && digits.length <= 6) {
    return {
      originalString,
      special: digits === '911' || digits === '112',
      normalized: digits,
      dialable: digits,
      tollFree: false,
    };
  }
  const international = written.trim().startsWith('+');
  const found = international ? COUNTRIES.find(({ callingCode }) => digits.startsWith(callingCode)) : home;
  if (found === undefined || digits.length < 7 || digits.length > 15) return { originalString };
  const national =
    digits.startsWith(found.callingCode) && (international || digits.length > 10)
      ? digits.slice(found.callingCode.length)
      : digits.replace(/^0/, '');
  const areaCode = national.slice(0, 3);
  const subscriberNumber = national.slice(3);
  const e164 = `+${found.callingCode}${national}`;
  return {
    originalString,
    country: found,
    areaCode,
    dialable: e164,
    e164,
    formattedInternational: `+${found.callingCode} (${areaCode}) ${subscriberNumber}`,
    formattedNational: `(${areaCode}) ${subscriberNumber.slice(0, 3)}-${subscriberNumber.slice(3)}`,
    special: false,
    normalized: e164.slice(1),
    tollFree: found.callingCode === '1' && TOLL_FREE.has(areaCode),
    subscriberNumber,
    ...(dtmfPostfix !== undefined && { dtmfPostfix }),
  };
}
