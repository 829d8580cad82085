/**
 * The codes that clients may rely on in `extensions.code`, and the error classes that carry them. A message here is
 * read by clients: it never holds a token, a phone number, a URL or a word of an upstream body.
 */

export const ERROR_CODES = [
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'RATE_LIMITED',
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_INVALID_RESPONSE',
  'LIMIT_EXCEEDED',
  'BATCHING_NOT_ALLOWED',
  'UNKNOWN_DOCUMENT',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What RingCentral said of a failure, as far as it may be shown. */
export interface UpstreamDetails {
  status?: number;
  errorCode?: string;
  parameterName?: string;
  permissionName?: string;
  /** RingCentral's `RCRequestId`, which its support asks for. */
  requestId?: string;
}

export interface ErrorExtensions {
  code: ErrorCode;
  upstream?: UpstreamDetails;
  retryAfterSeconds?: number;
  /** The name of the limit that refused the request (LIMIT_EXCEEDED only). */
  limit?: string;
  [key: string]: unknown;
}

/** Every failure that a client may see. graphql-js copies `extensions` from the original error into its own. */
export class GatewayError extends Error {
  readonly extensions: ErrorExtensions;

  constructor(message: string, extensions: ErrorExtensions, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.extensions = extensions;
  }

  get code(): ErrorCode {
    return this.extensions.code;
  }
}

/** The request itself is at fault; nothing was sent upstream for the part that it names. */
export class BadUserInputError extends GatewayError {
  constructor(message: string) {
    super(message, { code: 'BAD_USER_INPUT' });
  }
}

/** No credential came with a request for a field that needs a caller. */
export class UnauthenticatedError extends GatewayError {
  constructor(message = 'Authentication is required: send an Authorization header or log in.') {
    super(message, { code: 'UNAUTHENTICATED' });
  }
}

/** One of our own limits refused the request before any upstream call. */
export class LimitExceededError extends GatewayError {
  constructor(message: string, limit: string) {
    super(message, { code: 'LIMIT_EXCEEDED', limit });
  }
}

/** The caller's budget for a group is empty or frozen; nothing was sent. */
export class RateLimitedError extends GatewayError {
  constructor(retryAfterSeconds: number, upstream?: UpstreamDetails) {
    super('RingCentral allows no further request of this kind yet.', {
      code: 'RATE_LIMITED',
      retryAfterSeconds,
      ...(upstream && { upstream }),
    });
  }
}

/** What is known of a write that failed. */
export type MutationOutcome = 'NOT_APPLIED' | 'UNKNOWN';
