import type { FastifyReply, FastifyRequest } from 'fastify';
import { GatewayError } from '../../errors.js';
import { sendRefusal } from '../refusal.js';

/**
 * Answers a failure under /auth. It is told as an event of the session; the inbound limit's refusals and what is not ours
 * go on to the app's own handler.
 */
export function sendAuthError(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  if (!(error instanceof GatewayError) || error.code === 'LIMIT_EXCEEDED') throw error;
  sendRefusal(reply, error);
}
