import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatewayError } from '../errors.js';

/**
 * Has bodies read as JSON and as nothing else: what a form or a plain text can send never reaches a resolver. A key that
 * would change a prototype is refused.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    const refusal = findForeignEncoding(request);
    if (refusal === undefined) void parse(request, body, done);
    else done(refusal);
  });
}

function findForeignEncoding({ headers }: FastifyRequest): GatewayError | undefined {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  if (encoding.toLowerCase() !== 'identity') return unsupported('The body must not be compressed.');
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(type)?.[1] ?? 'utf-8';
  return /^utf-?8$/i.test(charset) ? undefined : unsupported('The body must be UTF-8.');
}

const unsupported = (message: string) =>
  new GatewayError(message, { code: 'BAD_USER_INPUT', http: { status: 415 } });
