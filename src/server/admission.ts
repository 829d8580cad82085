import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../errors.js';
import type { Credential } from '../upstream/credential.js';
import { isBearer, readBearer } from './bearer.js';
import type { ClientOf } from './client-address.js';
import './fastify-request.js';
import type { InboundRate } from './inbound-rate.js';

export interface AdmissionOptions {
  readonly callerKey: Buffer;
  /** Undefined where browser sessions are off. */
  readonly sessions: SessionCredentials | undefined;
  readonly rate: InboundRate;
  readonly clientOf: ClientOf;
}

export interface SessionCredentials {
  /** Who the session's cookie stands for, from the request alone; undefined where it may not be used. */
  callerOf(request: FastifyRequest): string | undefined;
  /** The credential of the session; undefined without one that is alive. @throws GatewayError */
  credential(request: FastifyRequest): Promise<Credential | undefined>;
}

/** Who may come in, and how often. A request with a bearer token, good or not, comes without its cookies. */
export interface Admission {
  /**
   * Counts a request: for the caller that it claims to be where RingCentral has accepted that one, else for its address.
   * @throws GatewayError LIMIT_EXCEEDED beyond INBOUND_RATE_PER_MINUTE
   */
  admit(request: FastifyRequest): void;
  /**
   * The credential that an admitted request comes with; undefined without one.
   * @throws GatewayError FORBIDDEN for a cookie from another origin
   */
  identify(request: FastifyRequest): Credential | undefined | Promise<Credential | undefined>;
}

export function createAdmission({ callerKey, sessions, rate, clientOf }: AdmissionOptions): Admission {
  /** Other schemes than Bearer say nothing of who asks: a proxy in front may have wanted them. */
  const hasBearer = ({ headers: { authorization } }: FastifyRequest): boolean =>
    authorization !== undefined && isBearer(authorization);

  function claimedCaller(request: FastifyRequest): string | undefined {
    const { authorization = '' } = request.headers;
    if (!hasBearer(request)) return sessions?.callerOf(request);
    request.bearer = readBearer(authorization, callerKey);
    return request.bearer?.caller;
  }

  return {
    admit(request) {
      const { countedFor } = request.routeOptions.config;
      if (countedFor === 'nobody') return;
      const caller = claimedCaller(request);
      const { allowed, retryAfterSeconds } = rate.check({
        address: clientOf(request),
        caller: countedFor === 'address' ? undefined : caller,
      });
      if (allowed) return;
      throw new GatewayError('Too many requests.', {
        code: 'LIMIT_EXCEEDED',
        limit: 'INBOUND_RATE_PER_MINUTE',
        retryAfterSeconds,
      });
    },
    identify: (request) => (hasBearer(request) ? request.bearer : sessions?.credential(request)),
  };
}
