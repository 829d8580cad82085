import { createHmac } from 'node:crypto';

/**
 * What stands for a caller wherever something is held for one; nobody without CALLER_KEY can make or reverse it. The
 * caller of a bearer request is the HMAC of its token. A session's is that of its id behind a word and a NUL, which no
 * token holds: a stolen session id is worth nothing as a token.
 */
export const toBearerCaller = (key: Buffer, token: string): string => hmac(key, token);

export const toSessionCaller = (key: Buffer, id: string): string => hmac(key, `session\0${id}`);

const hmac = (key: Buffer, text: string): string =>
  createHmac('sha256', key).update(text).digest('base64url');
