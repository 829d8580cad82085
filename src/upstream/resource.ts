import { isRecord, type JsonRecord } from './json.js';

/** Whose resource it is. `~` stands for the caller's own account or extension. */
export interface Owner {
  readonly accountId: string;
  /** Absent for what belongs to an account alone. */
  readonly extensionId?: string;
}

export type Operation = 'get' | 'list' | 'create' | 'update' | 'remove';

/** One REST collection: where it lies, whether many ids go into one request, and what can be asked of it. */
export interface Resource<O extends Operation = 'get'> {
  /** The domain whose reads a write to this collection makes old. */
  readonly domain: string;
  /** Whether RingCentral takes comma-separated ids here. */
  readonly batch: boolean;
  /** Whether an id here is an extension's: then it may be `~`, and the answer tells who that is. */
  readonly identifiesOwner?: boolean;
  /** The collection's path segments below the API's version, not encoded. */
  path(owner: Owner): readonly string[];
  /** Operation ids, for metrics, logs and the budget. */
  readonly operations: Readonly<Record<O, string>>;
}

/** Query parameters in the order they are sent; a list becomes repeated keys. */
export type Query = readonly (readonly [name: string, value: string])[];

const API = 'restapi/v1.0';

/** A path below the server: each segment encoded by itself, ids joined by literal commas. */
export function toPath(segments: readonly string[], ids: readonly string[] = [], query: Query = []): string {
  const path = [API, ...segments.map(encodeURIComponent)].join('/');
  const last = ids.length === 0 ? '' : `/${ids.map(encodeURIComponent).join(',')}`;
  if (query.length === 0) return path + last;
  return `${path}${last}?${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

/** The owner that an id stands in: an extension's id is part of it. */
export const placeOf = (resource: Resource, owner: Owner, id: string): Owner =>
  resource.identifiesOwner === true ? { accountId: owner.accountId, extensionId: id } : owner;

const OWNER = /\/account\/([^/?#]+)(?:\/extension\/([^/?#]+))?/;

/** The real ids that a canonical `uri` names; undefined where it names none. */
export function ownerOf(uri: unknown): Owner | undefined {
  const [, accountId, extensionId] = (typeof uri === 'string' && OWNER.exec(uri)) || [];
  if (!isRealId(accountId)) return undefined;
  return isRealId(extensionId) ? { accountId, extensionId } : { accountId };
}

/** The real ids that a list names, by its own `uri` or by its first record's. */
export function ownerOfList(json: JsonRecord): Owner | undefined {
  const records = json['records'];
  const first: unknown = Array.isArray(records) ? records[0] : undefined;
  return ownerOf(json['uri']) ?? (isRecord(first) ? ownerOf(first['uri']) : undefined);
}

/** What an extension's own JSON says of whose it is. */
export function ownerOfExtension(json: JsonRecord): Owner | undefined {
  const named = ownerOf(json['uri']);
  const account = json['account'];
  const accountId = toRealId(isRecord(account) ? account['id'] : undefined) ?? named?.accountId;
  const extensionId = toRealId(json['id']) ?? named?.extensionId;
  if (accountId === undefined) return undefined;
  return extensionId === undefined ? { accountId } : { accountId, extensionId };
}

/** RingCentral's account and extension ids are decimal; anything else in a `uri` (`~`, encoded text) is not trusted. */
const isRealId = (id: string | undefined): id is string => id !== undefined && /^\d{1,32}$/.test(id);

const toRealId = (id: unknown): string | undefined => {
  const text = typeof id === 'number' ? String(id) : id;
  return typeof text === 'string' && isRealId(text) ? text : undefined;
};
