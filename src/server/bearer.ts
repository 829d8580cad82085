import type { Credential } from '../upstream/credential.js';
import { toBearerCaller } from './caller-key.js';

/** RFC 6750: what a bearer token is made of. The length is well above RingCentral's (some hundred characters). */
const BEARER = /^Bearer +([\w\-.~+/]{1,4096}=*)$/i;

/** The credential of an `Authorization` header; undefined where it holds no bearer token. */
export function readBearer(authorization: string, callerKey: Buffer): Credential | undefined {
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  return { caller: toBearerCaller(callerKey, token), accessToken: () => token };
}
