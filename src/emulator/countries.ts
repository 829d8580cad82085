import { ROOT } from './state.js';

export interface Country {
  readonly id: string;
  readonly uri: string;
  readonly callingCode: string;
  readonly isoCode: string;
  readonly name: string;
}

const country = (id: string, callingCode: string, isoCode: string, name: string): Country => ({
  id,
  uri: `${ROOT}/dictionary/country/${id}`,
  callingCode,
  isoCode,
  name,
});

/** Some of the world, the United States before the others of its numbering plan. */
export const COUNTRIES: readonly Country[] = [
  country('1', '1', 'US', 'United States'),
  country('39', '1', 'CA', 'Canada'),
  country('224', '44', 'GB', 'United Kingdom'),
  country('75', '33', 'FR', 'France'),
  country('83', '49', 'DE', 'Germany'),
  country('14', '61', 'AU', 'Australia'),
];

/** The extension lists' smaller form. */
export const UNITED_STATES = { id: '1', uri: `${ROOT}/dictionary/country/1`, name: 'United States' };
