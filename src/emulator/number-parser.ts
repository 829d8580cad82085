import { COUNTRIES, type Country } from './countries.js';
import type { Json } from './json.js';

export interface ParseOptions {
  readonly home: Country;
  /** Reads a number without a plus sign as the home country's before trying others. */
  readonly nationalAsPriority: boolean;
}

const TOLL_FREE = new Set(['800', '833', '844', '855', '866', '877', '888']);
/** Some of Canada's area codes: it shares its calling code with the United States. */
const CANADIAN = new Set(['204', '403', '416', '418', '514', '604', '613', '647', '780', '902']);
const EMERGENCY_AND_SERVICE = /^(?:[2-9]11|112|988)$/;
const KEYPAD = ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz'];
/** Written number, then `*101`, `x101` or `ext. 101`, then tones after a comma or semicolon. */
const PARTS = /^(.*?)(?:(?:\*|\bext\.?|x)\s*(\d+))?\s*(?:([,;].*))?$/is;

/** A modest parser: North American numbers in their usual forms, and what tells its country. */
export function parseNumber(originalString: string, options: ParseOptions): Json {
  const [, written = '', subAddress, dtmfPostfix] = PARTS.exec(originalString) ?? [];
  const digits = toDigits(written);
  if (EMERGENCY_AND_SERVICE.test(digits)) {
    return { originalString, special: true, normalized: digits, dialable: digits, tollFree: false };
  }
  const found = written.trim().startsWith('+') ? ofCountryCode(digits) : guess(digits, options);
  if (found === undefined) return { originalString };
  const { country, national } = found;
  const e164 = `+${country.callingCode}${national}`;
  const northAmerican = country.callingCode === '1';
  return {
    originalString,
    country,
    dialable: e164,
    e164,
    special: false,
    normalized: e164.slice(1),
    tollFree: northAmerican && TOLL_FREE.has(national.slice(0, 3)),
    ...(northAmerican ? toNorthAmerican(national) : toElsewhere(country, national)),
    ...(subAddress !== undefined && { subAddress }),
    ...(dtmfPostfix !== undefined && { dtmfPostfix }),
  };
}

interface Found {
  readonly country: Country;
  /** Without calling code and trunk prefix. */
  readonly national: string;
}

/** Letters stand for the keys that they are printed on; whatever else is there is punctuation. */
function toDigits(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[a-z]/g, (letter) => String(KEYPAD.findIndex((letters) => letters.includes(letter)) + 2))
    .replaceAll(/\D/g, '');
}

function ofCountryCode(digits: string): Found | undefined {
  const country = COUNTRIES.find(({ callingCode }) => digits.startsWith(callingCode));
  return country && toFound(country, digits.slice(country.callingCode.length));
}

/** Without a plus sign: the home country's, or with the country's code in front where it is too long for that. */
function guess(digits: string, { home, nationalAsPriority }: ParseOptions): Found | undefined {
  const national = home.callingCode === '1' ? digits.replace(/^1(?=\d{10}$)/, '') : digits.replace(/^0/, '');
  const atHome = toFound(home, national);
  // Only the home country's trunk prefix makes it certain.
  return nationalAsPriority || home.callingCode === '1' || digits.startsWith('0')
    ? (atHome ?? ofCountryCode(digits))
    : (ofCountryCode(digits) ?? atHome);
}

/** ITU-T E.164 allows 15 digits in all; North America has ten, the first of which is at least 2. */
function toFound(country: Country, national: string): Found | undefined {
  if (country.callingCode !== '1') {
    return /^[1-9]\d{6,12}$/.test(national) ? { country, national } : undefined;
  }
  if (!/^[2-9]\d{2}[2-9]\d{6}$/.test(national)) return undefined;
  const isoCode = CANADIAN.has(national.slice(0, 3)) ? 'CA' : 'US';
  return { country: COUNTRIES.find((other) => other.isoCode === isoCode) ?? country, national };
}

function toNorthAmerican(national: string): Json {
  const areaCode = national.slice(0, 3);
  const subscriberNumber = national.slice(3);
  const local = `(${areaCode}) ${subscriberNumber.slice(0, 3)}-${subscriberNumber.slice(3)}`;
  return { areaCode, subscriberNumber, formattedNational: local, formattedInternational: `+1 ${local}` };
}

function toElsewhere({ callingCode }: Country, national: string): Json {
  const spaced = national.replace(/^(\d{2})(\d{4})/, '$1 $2 ').trim();
  return { formattedNational: `0${spaced}`, formattedInternational: `+${callingCode} ${spaced}` };
}
