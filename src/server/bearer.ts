import { createHmac } from 'node:crypto';
import type { Credential } from '../upstream/credential.js';

/** RFC 6750: what a bearer token is made of. The length is well above RingCentral's (some hundred characters). */
const BEARER = /^Bearer +([\w\-.~+/]{1,4096}=*)$/i;

/** Stands for a caller wherever something is held for one; nobody without the key can make or reverse it. */
const toCallerKey = (key: Buffer, credential: string): string =>
  createHmac('sha256', key).update(credential).digest('base64url');

/** The credential of an `Authorization` header; undefined where it holds no bearer token. */
export function readBearer(authorization: string, callerKey: Buffer): Credential | undefined {
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) return undefined;
  return { caller: toCallerKey(callerKey, token), accessToken: () => token };
}
