/** A JSON object. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Above this an integer may lose digits: 2^53 has 16. */
const LONG_INTEGER = /\d{16}/;
/** A whole string, or an integer of 16 or more digits outside of one. */
const STRING_OR_LONG_INTEGER = /"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/gs;

/**
 * Parses JSON text. Integers of 16 and more digits become strings: RingCentral's ids are 64-bit integers at times, and a
 * rounded id is another record's.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  if (!LONG_INTEGER.test(text)) return JSON.parse(text);
  JSON.parse(text); // so that what follows works on text that is known to be JSON
  return JSON.parse(
    text.replaceAll(STRING_OR_LONG_INTEGER, (token) => (token.startsWith('"') ? token : `"${token}"`)),
  );
}
