import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  Configuration,
  customFetch,
  refreshTokenGrant,
  ResponseBodyError,
  tokenRevocation,
  WWWAuthenticateChallengeError,
  type ClientAuth,
  type TokenEndpointResponse,
} from 'openid-client';
import type { Secret } from '../../lib/secret.js';
import { GatewayError, UnauthenticatedError } from '../../errors.js';
import type { Clock } from '../../lib/clock.js';
import { createTokenFetch } from './token-fetch.js';
import type { Tokens } from './tokens.js';

/** RingCentral does not know the code or the refresh token, or knows it no more. */
export class InvalidGrantError extends UnauthenticatedError {
  constructor() {
    super('RingCentral does not accept the login any more: log in again.');
  }
}

/** RingCentral's OAuth endpoints. Errors: GatewayError, without a token, a code or a word of the answer. */
export interface OAuthClient {
  /** Where the browser is sent to log in. */
  authorizationUrl(login: { state: string; verifier: string }): Promise<string>;
  /** @throws InvalidGrantError for a code that is unknown, used or not of this login. */
  exchange(code: string, verifier: string): Promise<Tokens>;
  /** @throws InvalidGrantError when the login is over. */
  refresh(tokens: Tokens): Promise<Tokens>;
  /** Ends a login with all its tokens. */
  revoke(tokens: Tokens): Promise<void>;
}

export interface OAuthClientOptions {
  readonly serverUrl: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly redirectUri: string;
  readonly userAgent: string;
  /** For one request. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** An access token is renewed this long before its end, or in the last tenth of its life where that is shorter. */
const RENEW_BEFORE_MS = 60_000;

export function createOAuthClient(options: OAuthClientOptions): OAuthClient {
  const { serverUrl, clientId, redirectUri, clock } = options;
  const endpoint = (name: string) => `${serverUrl}/restapi/oauth/${name}`;
  const configuration = new Configuration(
    {
      issuer: serverUrl,
      authorization_endpoint: endpoint('authorize'),
      token_endpoint: endpoint('token'),
      revocation_endpoint: endpoint('revoke'),
    },
    clientId,
    undefined,
    toBasicAuthentication(clientId, options.clientSecret),
  );
  // The settings let http through on loopback alone.
  if (serverUrl.startsWith('http:')) allowInsecureRequests(configuration);
  configuration.timeout = options.timeoutMs / 1000;
  configuration[customFetch] = createTokenFetch(options.userAgent);

  async function toTokens(request: () => Promise<TokenEndpointResponse>, before?: Tokens): Promise<Tokens> {
    const sentAt = clock.now();
    const answer = await request().catch((error: unknown) => {
      throw toFailure(error);
    });
    if (answer.expires_in === undefined) throw invalidAnswer();
    const lifetimeMs = answer.expires_in * 1000;
    const expiresAt = sentAt + lifetimeMs;
    const owner = answer.owner_id;
    const refreshToken = answer.refresh_token ?? before?.refreshToken;
    const renewBeforeMs = refreshToken === undefined ? 0 : Math.min(RENEW_BEFORE_MS, lifetimeMs / 10);
    return {
      accessToken: answer.access_token,
      expiresAt,
      renewAt: expiresAt - renewBeforeMs,
      refreshToken,
      extensionId:
        typeof owner === 'string' || typeof owner === 'number' ? String(owner) : before?.extensionId,
    };
  }

  return {
    async authorizationUrl({ state, verifier }) {
      const url = buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        state,
        code_challenge: await calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      });
      return url.href;
    },
    exchange(code, verifier) {
      const callback = new URL(redirectUri);
      callback.searchParams.set('code', code);
      return toTokens(() => authorizationCodeGrant(configuration, callback, { pkceCodeVerifier: verifier }));
    },
    refresh(tokens) {
      const { refreshToken } = tokens;
      if (refreshToken === undefined) return Promise.reject(new InvalidGrantError());
      return toTokens(() => refreshTokenGrant(configuration, refreshToken), tokens);
    },
    async revoke({ refreshToken, accessToken }) {
      await tokenRevocation(configuration, refreshToken ?? accessToken).catch((error: unknown) => {
        throw toFailure(error);
      });
    },
  };
}

/** As RingCentral's own clients send it: RFC 6749 would have both parts form-encoded, which changes `-` and `_`. */
function toBasicAuthentication(clientId: string, clientSecret: Secret): ClientAuth {
  const credentials = Buffer.from(`${clientId}:${clientSecret.reveal()}`).toString('base64');
  return (_server, _client, _body, headers) => {
    headers.set('authorization', `Basic ${credentials}`);
  };
}

/** The library's own errors stay inside: they hold the answer. */
function toFailure(error: unknown): unknown {
  if (error instanceof ResponseBodyError) {
    return error.error === 'invalid_grant' ? new InvalidGrantError() : invalidAnswer(error.status);
  }
  if (error instanceof WWWAuthenticateChallengeError) return invalidAnswer(error.status);
  if (error instanceof ClientError) {
    if (error.cause instanceof GatewayError) return error.cause;
    return invalidAnswer(error.cause instanceof Response ? error.cause.status : undefined);
  }
  return error;
}

const invalidAnswer = (status?: number) =>
  new GatewayError('RingCentral gave an answer that makes no sense.', {
    code: 'UPSTREAM_INVALID_RESPONSE',
    ...(status !== undefined && { upstream: { status } }),
  });
