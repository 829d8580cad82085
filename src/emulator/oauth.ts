import type { Answer } from './answer.js';
import { refuse } from './error-body.js';
import { decode, type Incoming } from './incoming.js';
import type { Json } from './json.js';
import { authorize, type AuthorizeOptions } from './oauth-authorize.js';
import type { Lifetimes } from './oauth-logins.js';
import type { RateLimits } from './rate-limits.js';

export interface OAuthOptions extends AuthorizeOptions {
  readonly clientSecret: string;
  readonly limits: RateLimits;
}

const FORM = 'application/x-www-form-urlencoded';

/** The login page, the tokens and their end; undefined for any other address. */
export function answerOAuth(incoming: Incoming, options: OAuthOptions): Answer | undefined {
  const { method } = incoming;
  switch (oauthOperation(incoming)) {
    case 'authorize':
      return authorize(method === 'GET' ? incoming.query : incoming.body, method, options);
    case 'getToken':
      return answerClient(incoming, options, (form) => getToken(form, options));
    case 'revokeToken':
      return answerClient(incoming, options, (form) => {
        options.logins.revoke(form.get('token') ?? new URLSearchParams(incoming.query).get('token') ?? '');
        return { status: 200 };
      });
    case undefined:
      return undefined;
  }
}

/** Names of ours: RingCentral's operations have none for them. */
export const OAUTH_OPERATIONS = ['authorize', 'getToken', 'revokeToken'] as const;

export type OAuthOperation = (typeof OAUTH_OPERATIONS)[number];

export function oauthOperation({
  method,
  path,
}: Pick<Incoming, 'method' | 'path'>): OAuthOperation | undefined {
  if (path === '/restapi/oauth/authorize' && (method === 'GET' || method === 'POST')) return 'authorize';
  if (path === '/restapi/oauth/token' && method === 'POST') return 'getToken';
  return path === '/restapi/oauth/revoke' && method === 'POST' ? 'revokeToken' : undefined;
}

/** A form from the app itself, known by its secret, within the limits of its user. */
function answerClient(
  incoming: Incoming,
  options: OAuthOptions,
  answer: (form: URLSearchParams) => Answer,
): Answer {
  const form = new URLSearchParams(incoming.body);
  const about = form.get('code') ?? form.get('refresh_token') ?? form.get('token') ?? '';
  const user = options.logins.userOf(about)?.extensionId ?? '';
  const { allowed, headers } = options.limits.take(`${options.clientId}/${user}`, 'auth');
  const answered = allowed
    ? (findFault(incoming, options) ?? answer(form))
    : refuse(429, 'CMN-301', 'Request rate exceeded');
  return { ...answered, headers: { ...answered.headers, ...headers } };
}

function findFault(
  { authorization, contentType, body }: Incoming,
  options: OAuthOptions,
): Answer | undefined {
  if (body !== '' && !contentType.startsWith(FORM)) return { status: 415 };
  return isClient(authorization, options)
    ? undefined
    : fail(401, 'invalid_client', 'OAU-146', 'Invalid client credentials');
}

/** RFC 6749, section 2.3.1: both are form-encoded before they are put together. */
function isClient(authorization: string, { clientId, clientSecret }: OAuthOptions): boolean {
  const encoded = /^Basic (.+)$/i.exec(authorization)?.[1] ?? '';
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const plain = (text: string) => decode(text.replaceAll('+', ' '));
  return plain(id) === clientId && plain(secret.join(':')) === clientSecret;
}

function getToken(form: URLSearchParams, { logins }: OAuthOptions): Answer {
  const ttl = readLifetimes(form);
  if (ttl === undefined)
    return fail(400, 'invalid_request', 'CMN-101', 'Parameter [access_token_ttl] value is invalid');
  switch (form.get('grant_type')) {
    case 'authorization_code': {
      const [code = '', verifier = '', redirectUri = ''] = ['code', 'code_verifier', 'redirect_uri'].map(
        (name) => form.get(name) ?? '',
      );
      const pair = logins.exchange(code, verifier, redirectUri, ttl);
      return pair ? give(pair) : fail(400, 'invalid_grant', 'CMN-101', 'Parameter [code] value is invalid');
    }
    case 'refresh_token': {
      const pair = logins.refresh(form.get('refresh_token') ?? '', ttl);
      if (pair === 'unknown') return fail(400, 'invalid_grant', 'OAU-213', 'Token not found');
      if (pair === 'revoked') return fail(400, 'invalid_grant', 'OAU-211', 'Token revoked');
      return pair === 'expired' ? fail(400, 'invalid_grant', 'OAU-210', 'Token expired') : give(pair);
    }
    default:
      return fail(400, 'unsupported_grant_type', 'CMN-101', 'Parameter [grant_type] value is invalid');
  }
}

/** RingCentral's schema: an access token lives 600 to 3,600 seconds, a refresh token at most 30 days. */
function readLifetimes(form: URLSearchParams): Lifetimes | undefined {
  const seconds = (name: string) => (form.has(name) ? Number(form.get(name)) : undefined);
  const accessSeconds = seconds('access_token_ttl');
  const refreshSeconds = seconds('refresh_token_ttl');
  const good =
    (accessSeconds === undefined || (accessSeconds >= 600 && accessSeconds <= 3600)) &&
    (refreshSeconds === undefined || (refreshSeconds > 0 && refreshSeconds <= 2_592_000));
  return good ? { accessSeconds, refreshSeconds } : undefined;
}

const give = (pair: Json): Answer => ({ status: 200, body: pair, headers: { 'cache-control': 'no-store' } });

/** OAuth's form of an error, with RingCentral's list beside it. */
const fail = (status: number, error: string, errorCode: string, message: string): Answer => ({
  status,
  body: { error, error_description: message, errors: [{ errorCode, message }] },
});
