/** `POST /restapi/v1.0/number-parser/parse`: a read, although it is a POST. */
export const PARSE = {
  domain: 'number-parser',
  operation: 'parsePhoneNumber',
  path: ['number-parser', 'parse'],
} as const;

/** Upstream takes this many strings in one request, each of at most as many characters. */
export const MAX_STRINGS = 64;
export const MAX_STRING_LENGTH = 64;
