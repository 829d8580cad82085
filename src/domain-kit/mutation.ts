import { GatewayError, type MutationOutcome } from '../errors.js';
import { groupBy } from '../lib/group-by.js';
import type { UserError } from '../generated/resolvers.js';
import type { Written } from '../upstream/writes.js';

/** One item of a mutation, as its payload speaks of it. */
export interface Item {
  /** Global id; null for one that has none yet. */
  readonly id: string | null;
  /** What the mutation's input says of it; absent where that is its id alone. */
  readonly input?: ItemInput;
}

export interface ItemInput {
  /** Where the item's fields stand in the mutation's arguments, from the outside in. */
  readonly path: readonly string[];
  /** The item's fields by upstream's names for them. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface Failed {
  readonly error: GatewayError;
  readonly outcome: MutationOutcome;
}

/** What became of a mutation's items: what succeeded, and an error for each of the others. */
export interface Tally<T> {
  readonly done: readonly T[];
  readonly userErrors: readonly UserError[];
}

/**
 * Sorts items by outcome.
 * @param toResult what the payload shows of a success; a GatewayError where the answer is unreadable
 * @throws GatewayError when a refused credential stopped the mutation before any of it was applied
 */
export function tally<I extends Item, T>(
  items: readonly (readonly [I, Written])[],
  toResult: (item: I, record: Readonly<Record<string, unknown>>) => T,
): Tally<T> {
  const done: T[] = [];
  const failures: [I, Failed][] = [];
  for (const [item, written] of items) {
    const result = written.ok ? toResultOrFailure(() => toResult(item, written.record ?? {})) : written;
    if ('error' in result) failures.push([item, result]);
    else done.push(result.value);
  }
  const refused = failures.find(([, { error }]) => error.code === 'UNAUTHENTICATED');
  const nothingApplied = done.length === 0 && failures.every(([, { outcome }]) => outcome === 'NOT_APPLIED');
  if (refused !== undefined && nothingApplied) throw refused[1].error;
  return { done, userErrors: failures.map(([item, failure]) => toUserError(item, failure)) };
}

function toResultOrFailure<T>(make: () => T): { value: T } | Failed {
  try {
    return { value: make() };
  } catch (error) {
    // It was applied, and what it came to cannot be told.
    if (error instanceof GatewayError) return { error, outcome: 'UNKNOWN' };
    throw error;
  }
}

/** A failure of one item, for the payload. */
function toUserError(item: Item, { error, outcome }: Failed): UserError {
  const { code, upstream, retryAfterSeconds } = error.extensions;
  return {
    code,
    message: error.message,
    id: item.id,
    field: toField(item, upstream?.parameterName),
    upstreamCode: upstream?.errorCode ?? null,
    outcome,
    retryAfterSeconds: retryAfterSeconds ?? null,
  };
}

/** The input field that upstream names; null where it names what the item's input does not have. */
function toField({ input }: Item, parameterName = ''): string[] | null {
  if (input === undefined || !Object.hasOwn(input.fields, parameterName)) return null;
  return [...input.path, input.fields[parameterName] ?? parameterName];
}

/** An item that was refused here and never sent. */
export const refusal = (error: GatewayError): Written => ({ ok: false, error, outcome: 'NOT_APPLIED' });

export type Group<T> = readonly [T, ...T[]];

/** Writes items group by group, side by side; each item beside its outcome, in the order given. */
export async function writeInGroups<T>(
  items: readonly T[],
  groupOf: (item: T) => string,
  write: (group: Group<T>) => Promise<readonly Written[]>,
): Promise<[T, Written][]> {
  const outcomes = new Map<T, Written>();
  await Promise.all(
    [...groupBy(items, groupOf).values()].map(async (group) => {
      const written = await write(group);
      for (const [index, item] of group.entries()) outcomes.set(item, written[index] ?? NO_OUTCOME);
    }),
  );
  return items.map((item) => [item, outcomes.get(item) ?? NO_OUTCOME]);
}

const NO_OUTCOME: Written = {
  ok: false,
  error: new GatewayError('The outcome is not known.', { code: 'INTERNAL_SERVER_ERROR' }),
  outcome: 'UNKNOWN',
};
