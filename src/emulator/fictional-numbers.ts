/**
 * A North American number of the exchange 555, on which no subscriber's line is usual in any area code. Only its lines
 * 0100 to 0199 are reserved for fiction: nothing here is to be dialled. `line`: 0 to 9999.
 */
export const toFictionalNumber = (area: number, line: number): string =>
  `+1${area}555${String(line).padStart(4, '0')}`;
