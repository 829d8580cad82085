import type { FastifyError, FastifyReply } from 'fastify';
import { GatewayError, type ErrorCode, type ErrorExtensions } from '../errors.js';
import { toShownExtensions } from './format-error.js';

/** What was answered in place of what was asked for. */
export interface Refusal {
  readonly code: ErrorCode;
  /** The limit or guard that refused. */
  readonly guard: string;
  readonly status: number;
}

const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  BAD_USER_INPUT: 400,
  BATCHING_NOT_ALLOWED: 400,
  UNKNOWN_DOCUMENT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  LIMIT_EXCEEDED: 429,
  RATE_LIMITED: 429,
  UPSTREAM_INVALID_RESPONSE: 502,
  UPSTREAM_UNAVAILABLE: 503,
  UPSTREAM_TIMEOUT: 504,
};

/** Answers any failure outside GraphQL in GraphQL's form. */
export function sendRefusal(reply: FastifyReply, error: FastifyError | GatewayError): Refusal {
  const failure = error instanceof GatewayError ? error : toGatewayError(error);
  const { code, message } = failure;
  const { limit, retryAfterSeconds } = failure.extensions;
  const status = statusOf(failure.extensions) ?? STATUSES[code] ?? 500;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  void reply
    .code(status)
    .header('cache-control', 'no-store')
    .type('application/json; charset=utf-8')
    .send(JSON.stringify({ errors: [{ message, extensions: toShownExtensions(failure.extensions) }] }));
  return { code, guard: limit ?? code, status };
}

/** As Apollo understands it too. */
const statusOf = ({ http }: ErrorExtensions): number | undefined =>
  (http as { readonly status?: number } | undefined)?.status;

/** What fastify refuses; its own messages may quote the request. */
function toGatewayError({ statusCode: status = 500 }: FastifyError): GatewayError {
  const of = (code: ErrorCode, message: string, limit?: string) =>
    new GatewayError(message, { code, http: { status }, ...(limit !== undefined && { limit }) });
  if (status === 413) return of('LIMIT_EXCEEDED', 'The body is too large.', 'MAX_BODY_BYTES');
  if (status === 415) return of('BAD_USER_INPUT', 'The body must be application/json.');
  if (status >= 400 && status <= 499) return of('BAD_USER_INPUT', 'The request cannot be read.');
  return new GatewayError('Internal server error', { code: 'INTERNAL_SERVER_ERROR' });
}
