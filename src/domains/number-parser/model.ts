import type { Country, ParsedPhoneNumber } from '../../generated/resolvers.js';

export interface ParsedPhoneNumbersModel {
  readonly homeCountry: Country | null;
  /** Entry i belongs to the i-th string asked for. */
  readonly phoneNumbers: (ParsedPhoneNumber | Error)[];
}
