import { GatewayError } from '../errors.js';
import { lastSegment } from '../lib/last-segment.js';
import { isPathSegment } from '../lib/path-segment.js';

/** What upstream's JSON holds, read leniently: a value of another type than documented is null, never a failure. */
export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const toText = (value: unknown): string | null =>
  typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : null;

/** A name given by a user. An empty one is none: upstream knows no other way to clear one in every family. */
export const toLabel = (value: unknown): string | null => toText(value) || null;

export const toFlag = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);

export const toCount = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;

/** An id, which upstream gives as a string or an integer; null where there is none. */
export const toId = (value: unknown): string | null =>
  (typeof value === 'string' && value !== '') || Number.isSafeInteger(value) ? String(value) : null;

/** The id that a URI names at its end; null where it names none. */
function toIdOfUri(uri: unknown): string | null {
  const id = typeof uri === 'string' ? lastSegment(uri) : '';
  return id !== '~' && isPathSegment(id) ? id : null;
}

/**
 * A record's id: its own, else the one that it was asked for by, else the one that its URI names.
 * @throws GatewayError for a record of which none of them is known, which is malformed
 */
export function requireId(json: Json, askedId?: string): string {
  const id = toId(json['id']) ?? askedId ?? toIdOfUri(json['uri']);
  if (id !== null) return id;
  throw new GatewayError('RingCentral gave a record without an id.', { code: 'UPSTREAM_INVALID_RESPONSE' });
}

/** An object's attributes that have a value. */
export const withoutNulls = (json: Json): Json =>
  Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined && value !== null));
