import type { GraphQLFormattedError } from 'graphql';
import { GatewayError, type ErrorExtensions, type UpstreamDetails } from '../errors.js';
import { toLimitExceeded } from './limits.js';
import {
  redactInputError,
  redactSyntaxError,
  redactValidationError,
  withoutSuggestions,
} from './message-redaction.js';

export interface FormatErrorOptions {
  /** Whether "Did you mean" may stay. */
  readonly suggestions: boolean;
  /** Gets the failures that clients are told nothing of. */
  readonly report: (error: unknown) => void;
}

export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/** What a client is shown, but for where in the document and in the answer. */
interface Shown {
  readonly message: string;
  readonly extensions: { readonly code: string; readonly [key: string]: unknown };
}

const MASKED: Shown = { message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } };

/**
 * The one way out for the errors of GraphQL: each has a code and nothing but what a client may see, and no text of it
 * quotes a value that the client sent. Never throws.
 */
export function createFormatError({ suggestions, report }: FormatErrorOptions): FormatError {
  return (formatted, error) => {
    const { path, locations } = formatted;
    const where = { ...(locations && { locations }), ...(path && { path }) };
    try {
      const shown = toShown(formatted, error);
      if (shown === MASKED) report(causesOf(error).at(-1));
      const message = suggestions ? shown.message : withoutSuggestions(shown.message);
      return { ...shown, message, ...where };
    } catch {
      return { ...MASKED, ...where };
    }
  };
}

function toShown({ message, extensions }: GraphQLFormattedError, error: unknown): Shown {
  const causes = causesOf(error);
  const refusal = causes.find((cause) => cause instanceof GatewayError);
  if (refusal !== undefined) return toShownRefusal(refusal);
  const code = extensions?.['code'];
  switch (code) {
    case 'GRAPHQL_PARSE_FAILED':
    case 'GRAPHQL_VALIDATION_FAILED': {
      const limit = toLimitExceeded(message, causes.at(-1));
      if (limit !== undefined) return toShownRefusal(limit);
      const redact = code === 'GRAPHQL_PARSE_FAILED' ? redactSyntaxError : redactValidationError;
      return { message: redact(message), extensions: { code } };
    }
    case 'BAD_USER_INPUT':
      return { message: redactInputError(message, messageOf(causes[1])), extensions: { code } };
    case 'OPERATION_RESOLUTION_FAILURE':
      return { message: message.replace(/^(Unknown operation) [^]*$/, '$1.'), extensions: { code } };
    case 'BAD_REQUEST':
      // Apollo has no code of its own for it.
      if (message === 'Operation batching disabled.')
        return { message, extensions: { code: 'BATCHING_NOT_ALLOWED' } };
      return { message, extensions: { code } };
    case 'PERSISTED_QUERY_NOT_SUPPORTED':
      return { message, extensions: { code } };
    default:
      return INPUT_FAULT.test(message)
        ? { message: redactInputError(message, undefined), extensions: { code: 'BAD_USER_INPUT' } }
        : MASKED;
  }
}

/** What graphql-js finds wrong with variables while it runs, and Apollo takes for a fault of the server. */
const INPUT_FAULT =
  /^(?:Argument "\w+" (?:has invalid value|of (?:required|non-null) type) |Too many errors processing variables)/;

/** An error and those that it was made from, the first of all last. */
function causesOf(error: unknown): [unknown, ...unknown[]] {
  const causes: [unknown, ...unknown[]] = [error];
  for (
    let cause = originalOf(error);
    cause !== undefined && !causes.includes(cause);
    cause = originalOf(cause)
  ) {
    causes.push(cause);
  }
  return causes;
}

const originalOf = (error: unknown): unknown =>
  error instanceof Error && 'originalError' in error ? (error.originalError ?? undefined) : undefined;

const messageOf = (error: unknown): string | undefined =>
  error instanceof Error ? error.message : undefined;

const toShownRefusal = ({ message, extensions }: GatewayError): Shown => ({
  message,
  extensions: toShownExtensions(extensions),
});

/** Of the extensions what clients are promised. */
export function toShownExtensions({ code, limit, retryAfterSeconds, upstream }: ErrorExtensions) {
  return {
    code,
    ...(limit !== undefined && { limit }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
    ...(upstream && { upstream: toShownUpstream(upstream) }),
  };
}

function toShownUpstream({ status, errorCode, parameterName, permissionName, requestId }: UpstreamDetails) {
  const details = { status, errorCode, parameterName, permissionName, requestId };
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
