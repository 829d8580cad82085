/**
 * A phone number that nobody has: in North America the exchange 555 belongs to films and services, in any area code.
 * `line`: 0 to 9999.
 */
export const toFictionalNumber = (area: number, line: number): string =>
  `+1${area}555${String(line).padStart(4, '0')}`;
