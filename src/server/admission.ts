import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../errors.js';
import type { Credential } from '../upstream/credential.js';
import { readBearer } from './bearer.js';
import { toAddressGroup, type ClientAddress } from './client-address.js';
import type { InboundRate } from './inbound-rate.js';

export interface AdmissionOptions {
  readonly callerKey: Buffer;
  /** The credential of a session's cookie; undefined where browser sessions are off. */
  readonly readSession: ((request: FastifyRequest) => Promise<Credential | undefined>) | undefined;
  readonly rate: InboundRate;
  readonly addressOf: ClientAddress;
}

/** Who may come in, and how often. */
export interface Admission {
  /**
   * The credential that a request comes with; undefined without one. Where there is an Authorization header, cookies
   * are not read.
   * @throws GatewayError LIMIT_EXCEEDED beyond INBOUND_RATE_PER_MINUTE; FORBIDDEN for a cookie from another origin
   */
  identify(request: FastifyRequest): Promise<Credential | undefined>;
  /** Counts a request that has no caller yet. @throws GatewayError LIMIT_EXCEEDED */
  admitAddress(request: FastifyRequest): void;
}

export function createAdmission({ callerKey, readSession, rate, addressOf }: AdmissionOptions): Admission {
  function admit(request: FastifyRequest, caller: string | undefined): void {
    const address = toAddressGroup(
      addressOf(request.socket.remoteAddress, request.headers['x-forwarded-for']),
    );
    const { allowed, retryAfterSeconds } = rate.check({ address, caller });
    if (allowed) return;
    throw new GatewayError('Too many requests.', {
      code: 'LIMIT_EXCEEDED',
      limit: 'INBOUND_RATE_PER_MINUTE',
      retryAfterSeconds,
    });
  }
  return {
    async identify(request) {
      const { authorization } = request.headers;
      const credential =
        authorization === undefined ? await readSession?.(request) : readBearer(authorization, callerKey);
      admit(request, credential?.caller);
      return credential;
    },
    admitAddress(request) {
      admit(request, undefined);
    },
  };
}
