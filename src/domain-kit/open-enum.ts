import { BadUserInputError } from '../errors.js';

/** Told whenever upstream gives a value that the schema does not know. */
export type ReportUnknown = (enumName: string) => void;

/** An enum that upstream may extend at any time: GraphQL's names beside upstream's values. */
export interface OpenEnum<Name extends string> {
  readonly name: string;
  /** GraphQL's names, without UNKNOWN. */
  readonly names: readonly Name[];
  /** The name of upstream's value: UNKNOWN for one that the schema does not know, null where there is none. */
  toName(value: unknown, report: ReportUnknown): Name | null;
  /** Upstream's value. @throws BadUserInputError for UNKNOWN */
  toValue(name: Name): string;
}

/** @param values upstream's own names, `Unknown` too where it has it; GraphQL's are the same in SCREAMING_SNAKE_CASE */
export function createOpenEnum<Name extends string>(
  enumName: string,
  values: readonly string[],
): OpenEnum<Name | 'UNKNOWN'> {
  const known = values.filter((value) => value !== UPSTREAM_UNKNOWN);
  const nameOf = new Map(known.map((value) => [value, toScreamingSnake(value) as Name]));
  const valueOf = new Map([...nameOf].map(([value, name]) => [name, value]));
  const documented = new Set<unknown>(values);
  return {
    name: enumName,
    names: [...nameOf.values()],
    toName(value, report) {
      if (value === undefined || value === null) return null;
      const name = nameOf.get(value as string);
      if (name !== undefined) return name;
      if (!documented.has(value)) report(enumName);
      return 'UNKNOWN';
    },
    toValue(name) {
      const value = valueOf.get(name as Name);
      if (value === undefined)
        throw new BadUserInputError(`UNKNOWN is not a ${enumName} that can be asked for.`);
      return value;
    },
  };
}

const UPSTREAM_UNKNOWN = 'Unknown';

/** Runs of capitals stay together: `A2PSmsSender` → `A2P_SMS_SENDER`, `ELIN` → `ELIN`. */
export function toScreamingSnake(value: string): string {
  return value
    .replaceAll(/([A-Z\d])([A-Z][a-z])/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase();
}

/** A list of upstream's values; null where there is no list. */
export function toNames<Name extends string>(
  openEnum: OpenEnum<Name>,
  values: unknown,
  report: ReportUnknown,
): Name[] | null {
  if (!Array.isArray(values)) return null;
  return values.map((value) => openEnum.toName(value, report)).filter((name) => name !== null);
}
