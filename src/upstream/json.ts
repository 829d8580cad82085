export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// 16 digits: from there on an integer may exceed Number.MAX_SAFE_INTEGER (9007199254740991), and RingCentral's
// ids are int64. A number outside a string follows one of these characters; text that only looks so is no harm.
const MAYBE_LONG_INTEGER = /(?:^|[\s:,[-])\d{16}/;
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG_INTEGER = /^-?\d{16,}$/;

/**
 * `JSON.parse`, except that an integer of 16 or more digits becomes a string of those digits instead of being rounded.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!MAYBE_LONG_INTEGER.test(text)) return value;
  // Only valid JSON comes here, in which every string is closed: the pattern never goes back over what it has read.
  return JSON.parse(
    text.replace(STRING_OR_NUMBER, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token)),
  );
}
