import type { Answer } from './answer.js';
import { notFound } from './error-body.js';
import { decode } from './incoming.js';
import type { Match } from './router.js';
import type { Account, Extension, Grant, State } from './state.js';

/** Whose resource a path names. */
export interface Owner {
  readonly account: Account;
  /** For what is no extension's the caller's own. */
  readonly extension: Extension;
}

/** `~` is the caller's own. Who may not see an account or an extension is told that it is not there. */
export function findOwner(state: State, grant: Grant, match: Match): Owner | Answer {
  const account = state.accounts.get(orOwn(match.account, grant.accountId));
  if (account === undefined || account.id !== grant.accountId) return notFound('accountId');
  const extension = account.extensions.get(orOwn(match.extension, grant.extensionId));
  if (extension === undefined || (!grant.seesAll && extension.id !== grant.extensionId))
    return notFound('extensionId');
  return { account, extension: ownCopy(state, extension, grant, match.route.method !== 'GET') };
}

/** What a marked user writes is its own alone: others are shown the seed, each under its own marker. */
function ownCopy(state: State, extension: Extension, { marker }: Grant, writes: boolean): Extension {
  if (marker === undefined) return extension;
  const key = `${marker} ${extension.id}`;
  const known = state.copies.get(key);
  if (known !== undefined || !writes) return known ?? extension;
  const copy = {
    ...extension,
    blocked: new Map(extension.blocked),
    forwarding: new Map(extension.forwarding),
  };
  state.copies.set(key, copy);
  return copy;
}

function orOwn(segment: string | undefined, own: string): string {
  return segment === undefined || segment === '~' ? own : decode(segment);
}
