import { BadUserInputError } from '../errors.js';

/** The fields that an update names, without null but for those that null clears. */
export type Patch<T, Clearable> = {
  readonly [K in keyof T]?: Exclude<T[K], null | undefined> | (K extends Clearable ? null : never);
};

/**
 * What an update names: an omitted field is kept, so it is left out; null clears where that is possible.
 * @throws BadUserInputError for an update that names nothing, or null for a field that cannot be cleared
 */
export function parsePatch<T extends object, C extends keyof T & string>(
  fields: T,
  clearable: readonly C[],
): Patch<T, C> {
  const named = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (named.length === 0) throw new BadUserInputError('An update must name at least one field.');
  for (const [name, value] of named) {
    if (value === null && !(clearable as readonly string[]).includes(name)) {
      throw new BadUserInputError(`${name} cannot be null.`);
    }
  }
  return Object.fromEntries(named) as Patch<T, C>;
}

/** @throws BadUserInputError when two items name the same record */
export function requireDistinct<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  if (new Set(items.map(({ id }) => id)).size < items.length) {
    throw new BadUserInputError('An id is named twice.');
  }
  return items;
}
