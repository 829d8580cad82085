import type { Country } from '../generated/resolvers.js';
import { isJson, toId, toText } from './json.js';

/** A country, of which each operation tells another part. */
export function toCountry(json: unknown): Country | null {
  if (!isJson(json)) return null;
  return {
    id: toId(json['id']),
    uri: toText(json['uri']),
    callingCode: toText(json['callingCode']),
    isoCode: toText(json['isoCode']),
    name: toText(json['name']),
  };
}
