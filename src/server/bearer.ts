import type { Credential } from '../upstream/credential.js';
import { toBearerCaller } from './caller-key.js';

/** RFC 6750: what a bearer token is made of. The length is well above RingCentral's (some hundred characters). */
const BEARER = /^Bearer +([\w\-.~+/]{1,4096}=*)$/i;

/** Whether an `Authorization` header is for a bearer token, well formed or not. */
export const isBearer = (authorization: string): boolean => /^Bearer(?: |$)/i.test(authorization);

/** The credential of an `Authorization` header; undefined where it holds no bearer token. */
export function readBearer(authorization: string, callerKey: Buffer): Credential | undefined {
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  return { caller: toBearerCaller(callerKey, token), accessToken: () => token };
}
