import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isUnionType,
  parse,
  validate,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { encodeGlobalId } from '../../src/lib/global-id.js';

/** A number in [0, 1). */
export type Random = () => number;

/** Mulberry32: the same numbers for the same seed, everywhere. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a: a seed out of a text. */
export function toSeed(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}

export interface GeneratedOperation {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** A valid query over the schema, with the variables that it takes. */
export function generateOperation(schema: GraphQLSchema, random: Random, maxDepth = 5): GeneratedOperation {
  for (;;) {
    const operation = new OperationWriter(schema, random, maxDepth).write();
    if (validate(schema, parse(operation.query)).length === 0) return operation;
  }
}

/** Good ones of each type, and some that are refused. */
const IDS = [
  ...['1', '2', '3', '4', '5', '6', '~', '', 'a/b'],
  ...['1', '2', '3'].flatMap((id) => [
    encodeGlobalId('Extension', ['7', id]),
    encodeGlobalId('PhoneNumber', ['7', id]),
    encodeGlobalId('ForwardingNumber', ['7', '8', id]),
    encodeGlobalId('BlockedNumber.CALLER_BLOCKING', ['7', '8', id]),
  ]),
];
const LITERALS: Readonly<Record<string, readonly unknown[]>> = {
  ID: IDS,
  String: ['', 'a', '+1 650', 'é"\\'],
  Int: [-1, 0, 1, 2, 50, 1001],
  Float: [0, 1.5],
  Boolean: [true, false],
};

class OperationWriter {
  readonly #schema: GraphQLSchema;
  readonly #random: Random;
  readonly #maxDepth: number;
  readonly #fragments: { readonly name: string; readonly type: string; readonly text: string }[] = [];
  readonly #variables: { readonly definition: string; readonly name: string; readonly value: unknown }[] = [];

  constructor(schema: GraphQLSchema, random: Random, maxDepth: number) {
    this.#schema = schema;
    this.#random = random;
    this.#maxDepth = maxDepth;
  }

  write(): GeneratedOperation {
    const root = this.#schema.getQueryType();
    if (!root) throw new Error('The schema has no queries.');
    const selections = this.#selections(root, 0);
    const definitions = this.#variables.map(({ definition }) => definition).join(', ');
    const fragments = this.#fragments.map(({ name, type, text }) => `fragment ${name} on ${type} ${text}`);
    return {
      query: [`query Generated${definitions && `(${definitions})`} ${selections}`, ...fragments].join('\n'),
      variables: Object.fromEntries(
        this.#variables.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
      ),
    };
  }

  #selections(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + Math.floor(this.#random() * 4);
    const parts = Array.from({ length: count }, () => this.#selection(type, depth)).filter(Boolean);
    return `{ ${parts.length === 0 ? '__typename' : parts.join('\n')} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    const chance = this.#random();
    if (depth > this.#maxDepth) return '__typename';
    if (isUnionType(type) || chance < 0.08) return this.#inline(type, depth);
    if (chance < 0.2) return this.#spread(type, depth);
    if (isAbstractType(type) && chance < 0.6) return this.#inline(type, depth);
    if (chance > 0.95) return `__typename ${this.#directives()}`;
    return this.#field(type, depth);
  }

  #field(type: Exclude<GraphQLCompositeType, { getTypes: unknown }>, depth: number): string {
    const field = this.#pick(Object.values(type.getFields()));
    const named = getNamedType(field.type);
    if (isCompositeType(named) && depth >= this.#maxDepth) return '';
    const args = field.args
      .map((arg) => this.#argument(arg))
      .filter(Boolean)
      .join(', ');
    const text = args && `(${args})`;
    // The same name always means the same field and arguments, so that selections merge.
    const alias = args || this.#chance(0.15) ? `${field.name}_${toSeed(text).toString(36)}: ` : '';
    const content = isCompositeType(named) ? this.#selections(named, depth + 1) : '';
    return `${alias}${field.name}${text} ${this.#directives()} ${content}`;
  }

  #inline(type: GraphQLCompositeType, depth: number): string {
    const condition = this.#chance(0.2) && !isUnionType(type) ? type : this.#pick(this.#overlapping(type));
    const on = condition === type && this.#chance(0.5) ? '' : `on ${condition.name}`;
    return `... ${on} ${this.#directives()} ${this.#selections(condition, depth + 1)}`;
  }

  #spread(type: GraphQLCompositeType, depth: number): string {
    const names = new Set(this.#overlapping(type).map(({ name }) => name));
    const known = this.#fragments.filter((fragment) => names.has(fragment.type));
    if (known.length > 0 && this.#chance(0.7)) return `...${this.#pick(known).name} ${this.#directives()}`;
    const condition = this.#pick(this.#overlapping(type));
    if (isUnionType(condition)) return '';
    const text = this.#selections(condition, depth + 1);
    const name = `F${String(this.#fragments.length)}`;
    this.#fragments.push({ name, type: condition.name, text });
    return `...${name} ${this.#directives()}`;
  }

  /** The types that a fragment may name where `type` is expected. */
  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType[] {
    if (isAbstractType(type))
      return [type, ...this.#schema.getPossibleTypes(type)].filter((one) => !isUnionType(one));
    return [type, ...type.getInterfaces().filter(isInterfaceType)];
  }

  #directives(): string {
    if (!this.#chance(0.2)) return '';
    const condition = () => (this.#chance(0.6) ? this.#booleanVariable() : String(this.#chance(0.6)));
    const include = () => `@include(if: ${condition()})`;
    const skip = () => `@skip(if: ${condition()})`;
    const chance = this.#random();
    return chance < 0.45 ? include() : chance < 0.9 ? skip() : `${skip()} ${include()}`;
  }

  #booleanVariable(): string {
    const known = this.#variables.filter(({ definition }) => definition.includes('Boolean'));
    if (known.length > 1) return `$${this.#pick(known).name}`;
    const value = this.#chance(0.5);
    const kind = this.#random();
    if (kind < 0.7) return this.#variable('Boolean!', value);
    if (kind < 0.9)
      return this.#variable(`Boolean! = ${String(this.#chance(0.5))}`, this.#chance(0.5) ? value : undefined);
    // Null is allowed by validation and refused when it runs.
    return this.#variable('Boolean = true', this.#pick([value, undefined, null]));
  }

  #variable(type: string, value: unknown): string {
    const name = `v${String(this.#variables.length)}`;
    this.#variables.push({ name, definition: `$${name}: ${type}`, value });
    return `$${name}`;
  }

  #argument({ name, type, defaultValue }: GraphQLArgument): string {
    const required = isNonNullType(type) && defaultValue === undefined;
    if (!required && this.#chance(0.6)) return '';
    const text = this.#chance(0.4) ? this.#argumentVariable(type, required) : this.#literal(type);
    return `${name}: ${text}`;
  }

  #argumentVariable(type: GraphQLInputType, required: boolean): string {
    const nullable = getNullableType(type);
    if (required || this.#chance(0.3)) return this.#variable(`${String(nullable)}!`, this.#value(nullable));
    if (this.#chance(0.4)) {
      const fallback = this.#literal(nullable, 0);
      return this.#variable(
        `${String(nullable)} = ${fallback}`,
        this.#pick([this.#value(nullable), undefined, null]),
      );
    }
    return this.#variable(String(nullable), this.#pick([this.#value(nullable), undefined, null]));
  }

  /** @param variables how likely a variable stands within a list */
  #literal(type: GraphQLInputType, variables = 0.1): string {
    if (!isNonNullType(type) && this.#chance(0.15)) return 'null';
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const item = nullable.ofType;
      const items = Array.from({ length: this.#length() }, () =>
        this.#chance(variables)
          ? this.#variable(String(item), this.#value(item))
          : this.#literal(item, variables),
      );
      return `[${items.join(', ')}]`;
    }
    const value = this.#value(nullable);
    return isEnumType(nullable) ? String(value) : JSON.stringify(value);
  }

  #value(type: GraphQLInputType): unknown {
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      return Array.from({ length: this.#length() }, () => this.#value(nullable.ofType));
    }
    if (isEnumType(nullable)) return this.#pick(nullable.getValues()).name;
    const values = LITERALS[String(nullable)];
    if (values === undefined) throw new Error(`No values for ${String(nullable)}.`);
    return this.#pick(values);
  }

  #length = () => Math.floor(this.#random() * 5);
  #chance = (likely: number) => this.#random() < likely;

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T;
  }
}
