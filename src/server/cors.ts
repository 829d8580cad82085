import cors, { type FastifyCorsOptions } from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import './fastify-request.js';

/** Lets pages of these origins read the answers of the routes that are for them: sessions are for our own origin. */
export async function allowOrigins(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  const shared: FastifyCorsOptions = {
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'x-apollo-operation-name', 'apollo-require-preflight'],
    exposedHeaders: ['x-request-id'],
    credentials: false,
    maxAge: 600,
    hook: 'onRequest',
    // Preflights are counted like all requests, and what is none is refused like all other methods.
    preflightContinue: true,
    strictPreflight: false,
  };
  const none: FastifyCorsOptions = { origin: false };
  await app.register(cors, {
    delegator: (request, done) => {
      // By the route that was found: one path can be written in many ways.
      done(null, request.routeOptions.config.crossOrigin === true ? shared : none);
    },
  });
}

/** What a browser asks before it sends a request of another origin. */
export const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' &&
  headers.origin !== undefined &&
  headers['access-control-request-method'] !== undefined;
