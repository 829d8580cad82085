import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloArmor } from '@escape.tech/graphql-armor';
import {
  GraphQLError,
  type GraphQLSchema,
  type ParseOptions,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { GatewayError, LimitExceededError } from '../errors.js';
import { createCostMeter } from './cost.js';
import { countPairs } from './repetition.js';

export interface LimitsOptions {
  readonly schema: GraphQLSchema;
  readonly limits: {
    /** Levels of fields, fragments written out. */
    readonly depth: number;
    readonly aliases: number;
    readonly tokens: number;
    readonly cost: number;
    readonly ids: number;
  };
  /** Whether a misspelt name is answered with those of the schema that are like it. */
  readonly suggestions: boolean;
}

/** Options of ApolloServer. */
export interface DocumentLimits {
  readonly parseOptions: ParseOptions;
  readonly validationOptions: { readonly hideSuggestions: boolean };
  readonly validationRules: readonly ValidationRule[];
  readonly plugins: readonly ApolloServerPlugin<CostContext>[];
}

export interface CostContext {
  /** Told the cost of an accepted operation, which runs when this resolves. */
  readonly enter: (fields: number) => Promise<void>;
}

const DESCRIPTIONS = {
  MAX_DEPTH: 'The operation nests too deeply',
  MAX_ALIASES: 'The operation has too many aliases',
  MAX_TOKENS: 'The document has too many tokens',
  MAX_DIRECTIVES: 'The operation has too many directives',
  MAX_REPETITION: 'The operation asks for the same fields too often',
  MAX_COST: 'The operation asks for too many fields',
  MAX_IDS: 'The operation has too many entries in lists of ids',
} as const;

export type LimitName = keyof typeof DESCRIPTIONS;

/** Pairs of fields to be compared: 100 fragments with ten fields in common, or 10 ms of validation. */
const MAX_REPETITION = 50_000;
/** graphql-armor's own default. */
const MAX_DIRECTIVES = 50;
/** What the introspection query of graphql-js needs with all its options: types as deep as `[[[[ID!]!]!]!]!`. */
const INTROSPECTION_DEPTH = 15;

/** What a document may hold and an operation may ask for. What goes beyond is refused before any of it runs. */
export function createLimits({ schema, limits, suggestions }: LimitsOptions): DocumentLimits {
  const tooDeep = refuseWith('MAX_DEPTH', limits.depth);
  return {
    // graphql-armor has a limit on tokens too: it parses every document twice, and answers each unexpected failure of
    // the server with that failure's own message.
    parseOptions: { maxLexicalTokens: limits.tokens },
    validationOptions: { hideSuggestions: !suggestions },
    validationRules: [
      refuseRepetition,
      refuseUnknownRoots,
      ...toRules({
        maxDepth: { n: limits.depth, flattenFragments: true, ignoreIntrospection: true, ...tooDeep },
        maxAliases: { n: limits.aliases, allowList: [], ...refuseWith('MAX_ALIASES', limits.aliases) },
        maxDirectives: { n: MAX_DIRECTIVES, ...refuseWith('MAX_DIRECTIVES', MAX_DIRECTIVES) },
      }),
      ...toRules({
        maxDepth: {
          n: Math.max(limits.depth, INTROSPECTION_DEPTH),
          flattenFragments: true,
          ignoreIntrospection: false,
          ...tooDeep,
        },
      }),
    ],
    plugins: [createCostLimit(schema, limits), refuseOverflow],
  };
}

type ArmorConfig = NonNullable<ConstructorParameters<typeof ApolloArmor>[0]>;

/** Only what is named; everything of armor's is on by default. */
function toRules(config: ArmorConfig): ValidationRule[] {
  const off = { enabled: false };
  const none: ArmorConfig = {
    blockFieldSuggestion: off,
    costLimit: off,
    maxAliases: off,
    maxDepth: off,
    maxDirectives: off,
    maxTokens: off,
  };
  return new ApolloArmor({ ...none, ...config }).protect().validationRules;
}

/** Settings that make armor's rules refuse in our words, a document once. */
function refuseWith(limit: LimitName, max: number) {
  const refused = new WeakSet<ValidationContext>();
  const refuse = (context: ValidationContext | null) => {
    if (context === null || refused.has(context)) return;
    refused.add(context);
    context.reportError(toRefusal(limit, max));
  };
  return { onReject: [refuse], propagateOnRejection: false };
}

function createCostLimit(
  schema: GraphQLSchema,
  limits: { readonly cost: number; readonly ids: number },
): ApolloServerPlugin<CostContext> {
  const measure = createCostMeter(schema);
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation({ document, operation, request, contextValue }) {
          const cost = measure(document, operation, request.variables ?? {});
          if (cost === undefined) return Promise.resolve();
          if (cost.ids > limits.ids) return Promise.reject(toRefusal('MAX_IDS', limits.ids));
          if (cost.fields > limits.cost) return Promise.reject(toRefusal('MAX_COST', limits.cost));
          return contextValue.enter(cost.fields).catch((error: unknown) => {
            throw error instanceof GatewayError ? toGraphQLError(error, 429) : error;
          });
        },
      }),
  };
}

/**
 * Validation compares every two fields of one name. The first rule sees the document before its fields are visited, and
 * gives the others an empty one in its place: what is refused costs next to nothing.
 */
const refuseRepetition: ValidationRule = (context) => ({
  Document(node) {
    if (countPairs(node) <= MAX_REPETITION) return undefined;
    context.reportError(toRefusal('MAX_REPETITION', MAX_REPETITION));
    return { ...node, definitions: [] };
  },
});

/** graphql-js finds out only when it is to run one. */
const refuseUnknownRoots: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    context.reportError(new GraphQLError(`The schema has no ${node.operation}s.`, { nodes: node }));
  },
});

/** Values nested by the thousand, which no rule counts, run graphql-js out of stack while it validates. */
const refuseOverflow: ApolloServerPlugin = {
  unexpectedErrorProcessingRequest({ requestContext: { document, operation }, error }) {
    const validating = document !== undefined && operation === undefined;
    return validating && error instanceof RangeError
      ? Promise.reject(toRefusal('MAX_DEPTH'))
      : Promise.resolve();
  },
};

/** Apollo writes its own code over that of a validation rule's error; the funnel reads it from the original. */
const toRefusal = (limit: LimitName, max?: number) => toGraphQLError(limitExceeded(limit, max), 400);

function toGraphQLError(originalError: GatewayError, status: number): GraphQLError {
  const extensions = { ...originalError.extensions, http: { status } };
  return new GraphQLError(originalError.message, { originalError, extensions });
}

function limitExceeded(limit: LimitName, max?: number): LimitExceededError {
  const most = max === undefined ? '' : ` of ${String(max)}`;
  return new LimitExceededError(`${DESCRIPTIONS[limit]}: ${limit}${most} is exceeded.`, limit);
}

/** What graphql-js itself refused while parsing or validating, where that was for one of our limits. */
export function toLimitExceeded(message: string, cause: unknown): LimitExceededError | undefined {
  // The parser is recursive: with these tokens it ran out of stack.
  if (cause instanceof RangeError) return limitExceeded('MAX_DEPTH');
  if (/^Syntax Error: Document contains more that \d+ tokens\./.test(message))
    return limitExceeded('MAX_TOKENS');
  if (message === 'Maximum introspection depth exceeded') return limitExceeded('MAX_DEPTH');
  return undefined;
}
