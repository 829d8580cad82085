import type { Answer } from './answer.js';
import type { Json } from './json.js';
import type { Group } from './rate-limits.js';
import {
  ROOT,
  type Account,
  type AppPermission,
  type Extension,
  type Grant,
  type Permission,
} from './state.js';

/** One request, after its caller and its owner are known. */
export interface Call {
  readonly query: URLSearchParams;
  readonly grant: Grant;
  readonly account: Account;
  /** The extension of the path; for what is no extension's the caller's own. */
  readonly extension: Extension;
  /** One id of the path, decoded; empty where the path names none. */
  readonly id: string;
  /** The JSON of the body; empty where there is none. */
  readonly body: Json;
}

/** What one address and method does. */
export interface Route {
  /** RingCentral's own name of it. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly below: 'extension' | 'account' | 'version';
  /** Under what it is below; `{id}` takes one id, `{ids}` several with commas. */
  readonly path: string;
  readonly group: Group;
  readonly needs?: { readonly app: AppPermission; readonly user: Permission };
  readonly answer: (call: Call) => Answer;
}

type Owner = Pick<Call, 'account' | 'extension'>;

export const accountUri = ({ account }: Pick<Call, 'account'>): string => `${ROOT}/account/${account.id}`;

export const extensionUri = (owner: Owner): string => `${accountUri(owner)}/extension/${owner.extension.id}`;

/** A label that shows whose token asked, where the token was made for that. */
export function mark(label: unknown, { marker }: Grant): unknown {
  if (marker === undefined) return label;
  return typeof label === 'string' && label !== '' ? `${label} ${marker}` : marker;
}

/** A label without the marker that its writer was shown. */
export function unmark(label: unknown, { marker }: Grant): unknown {
  if (marker === undefined || typeof label !== 'string') return label;
  if (label === marker) return '';
  return label.endsWith(` ${marker}`) ? label.slice(0, -marker.length - 1) : label;
}

/** ITU-T E.164: at most 15 digits, the first of which is no zero. */
export const isE164 = (value: unknown): value is string =>
  typeof value === 'string' && /^\+[1-9]\d{6,14}$/.test(value);

/** At most 60 characters, in RingCentral's schema of every label. */
export const isLabel = (value: unknown): boolean =>
  value === undefined || (typeof value === 'string' && value.length <= 60);
