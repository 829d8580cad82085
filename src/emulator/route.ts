import type { Answer } from './error-body.js';
import type { Group } from './rate-limits.js';
import type { Account, Extension, Grant, Json, Permission, State } from './state.js';

/** One request, after its caller and its owner are known. */
export interface Call {
  readonly method: string;
  /** Below the API's version, as it came. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly state: State;
  readonly grant: Grant;
  readonly account: Account;
  /** The extension of the path; for an account's own resources the caller's. */
  readonly extension: Extension;
  /** One id of the path, decoded; empty where the path names none. */
  readonly id: string;
  /** The JSON of the body; undefined where there is none. */
  readonly body: Json | undefined;
}

/** What one address and method does. */
export interface Route {
  readonly method: string;
  /** Below an extension, an account or the version; `{id}` takes one id, `{ids}` several with commas. */
  readonly path: string;
  readonly below: 'extension' | 'account' | 'version';
  readonly group: Group;
  readonly permission?: Permission;
  readonly answer: (call: Call) => Answer;
}

export const ok = (body: Json): Answer => ({ status: 200, body });

export const ownerUri = ({ account, extension }: Call): string =>
  `https://platform.ringcentral.com/restapi/v1.0/account/${account.id}/extension/${extension.id}`;

/** A label that shows whose token asked, where the token was made for that. */
export const mark = <T>(label: T, { marker }: Grant): T | string =>
  marker === undefined || (typeof label !== 'string' && label !== undefined)
    ? label
    : `${label ?? ''} ${marker}`.trim();
