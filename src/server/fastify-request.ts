import type { Credential } from '../upstream/credential.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** When its head had been read. */
    receivedAt: number;
    /** The bearer token that it came with; undefined before the request was admitted, and without one. */
    bearer: Credential | undefined;
  }

  interface FastifyContextConfig {
    /** For whom a route's requests are counted, where it is not the caller that RingCentral has accepted. */
    countedFor?: 'address' | 'nobody';
    /** Whether pages of CORS_ORIGINS may read its answers. */
    crossOrigin?: boolean;
  }
}
