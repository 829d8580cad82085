import { BadUserInputError } from '../errors.js';
import { decodeGlobalId } from '../lib/global-id.js';
import { isPathSegment } from '../lib/path-segment.js';

/** Whose extension: RingCentral's ids, or `~` for the caller's own. */
export interface ExtensionOwner {
  readonly accountId: string;
  readonly extensionId: string;
}

/** @throws BadUserInputError for what is no single path segment */
export function parseOwner(input: { accountId: string; extensionId: string }): ExtensionOwner {
  return {
    accountId: parseSegment('accountId', input.accountId),
    extensionId: parseSegment('extensionId', input.extensionId),
  };
}

/** @throws BadUserInputError for what is no single path segment */
export function parseAccountId(accountId: string): { readonly accountId: string } {
  return { accountId: parseSegment('accountId', accountId) };
}

/** @throws BadUserInputError for what is no single path segment, and for `~`, which is no resource's id */
export function parseResourceId(resourceId: string): string {
  if (resourceId === '~') throw new BadUserInputError('resourceId is not an id of RingCentral.');
  return parseSegment('resourceId', resourceId);
}

function parseSegment(name: string, id: string): string {
  if (!isPathSegment(id)) throw new BadUserInputError(`${name} is not an id of RingCentral.`);
  return id;
}

/**
 * The parts of a global id of one of these types.
 * @throws BadUserInputError for an id that does not decode, of another type, or with parts that no id of ours has
 */
export function parseGlobalId<T extends string>(
  id: string,
  types: Readonly<Record<T, number>>,
): { type: T; parts: readonly string[] } {
  const decoded = decodeGlobalId(id);
  const { type, parts } = decoded ?? { type: '', parts: [] };
  if (!isKeyOf(types, type) || parts.length !== types[type] || !parts.every(isGlobalPart)) {
    throw new BadUserInputError('id is not a global id of the expected type.');
  }
  return { type, parts };
}

const isKeyOf = <T extends string>(types: Readonly<Record<T, number>>, type: string): type is T =>
  Object.hasOwn(types, type);

const isGlobalPart = (part: string) => part !== '~' && isPathSegment(part);

/** Each of a list's entries parsed by itself: a bad one is its error, and its neighbours are asked for. */
export function attempt<T>(parse: () => T): T | BadUserInputError {
  try {
    return parse();
  } catch (error) {
    if (error instanceof BadUserInputError) return error;
    throw error;
  }
}
