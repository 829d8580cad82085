import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError, type ErrorCode } from '../../errors.js';

const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  BAD_USER_INPUT: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  LIMIT_EXCEEDED: 429,
  UPSTREAM_INVALID_RESPONSE: 502,
  UPSTREAM_UNAVAILABLE: 503,
  UPSTREAM_TIMEOUT: 504,
};

/** Answers a failure under /auth in the form of a GraphQL error. What is not ours goes on to the app's own handler. */
export function sendAuthError(error: unknown, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!(error instanceof GatewayError)) throw error;
  const { code, retryAfterSeconds, upstream } = error.extensions;
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds);
  return reply.code(STATUSES[code] ?? 500).send({
    errors: [{ message: error.message, extensions: { code, retryAfterSeconds, upstream } }],
  });
}
