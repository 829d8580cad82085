import { ok, type Answer } from './answer.js';
import { COUNTRIES } from './countries.js';
import { invalid } from './error-body.js';
import { parseNumber } from './number-parser.js';
import type { Call, Route } from './route.js';
import { ROOT } from './state.js';

/** RingCentral's schema: maxItems and maxLength of `originalStrings`. */
const MAX_STRINGS = 64;
const MAX_LENGTH = 64;

function parse({ body, query }: Call): Answer {
  const strings = body['originalStrings'];
  const priority = query.get('nationalAsPriority') ?? 'false';
  if (priority !== 'true' && priority !== 'false') return invalid('nationalAsPriority', priority);
  const isoCode = query.get('homeCountry') ?? 'US';
  const home = COUNTRIES.find((country) => country.isoCode === isoCode);
  if (home === undefined) return invalid('homeCountry', isoCode);
  if (!Array.isArray(strings) || strings.length > MAX_STRINGS) return invalid('originalStrings');
  if (!strings.every((text) => typeof text === 'string' && text.length <= MAX_LENGTH))
    return invalid('originalStrings');
  const options = { home, nationalAsPriority: priority === 'true' };
  return ok({
    uri: `${ROOT}/number-parser/parse`,
    homeCountry: home,
    phoneNumbers: strings.map((text: string) => parseNumber(text, options)),
  });
}

export const NUMBER_PARSER_ROUTES: readonly Route[] = [
  {
    operation: 'parsePhoneNumber',
    method: 'POST',
    below: 'version',
    path: 'number-parser/parse',
    group: 'light',
    answer: parse,
  },
];
