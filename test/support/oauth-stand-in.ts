import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../src/lib/clock.js';

/** What the next token request meets instead of an answer; `lost` carries it out and then cuts the connection. */
export type TokenFault = 'lost' | 'hang' | 429 | 503 | 'html' | 'invalid_client' | 'truncated';

interface Login {
  alive: boolean;
  accessToken: string;
  refreshToken: string;
  expiresAt: number;
  /** The refresh token before this pair, which still gets it until `accessToken` was used for a while. */
  previous: string | undefined;
  usedAt: number | undefined;
}

/** After the new access token's first use the old refresh token is good for this long (RingCentral's developer guide). */
const GRACE_MS = 10_000;

/** An authorization server that does what RingCentral's does, watches, and misbehaves to order. */
export class OAuthStandIn {
  static readonly CLIENT_ID = 'app-id_1';
  static readonly CLIENT_SECRET = 'app-secret_with-marks';
  readonly tokenRequests: URLSearchParams[] = [];
  readonly revoked: string[] = [];
  readonly faults: TokenFault[] = [];
  accessSeconds = 3600;
  revokeStatus = 200;
  ownerId = '62181001';
  /** Awaited before a token request is carried out. */
  gate: Promise<void> = Promise.resolve();
  readonly #clock: Clock;
  readonly #codes = new Map<string, { challenge: string; redirectUri: string }>();
  readonly #logins: Login[] = [];
  readonly #server: Server;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#server = createServer((request, response) => {
      void this.#serve(request, response);
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What an API request with this token would show: whether it is good. Using one begins the grace of the old pair. */
  accepts(accessToken: string): boolean {
    const login = this.#logins.find((one) => one.accessToken === accessToken);
    if (!login?.alive || this.#clock.now() >= login.expiresAt) return false;
    login.usedAt ??= this.#clock.now();
    return true;
  }

  get refreshes(): number {
    return this.tokenRequests.filter((form) => form.get('grant_type') === 'refresh_token').length;
  }

  /** Ends all logins without a word to anybody. */
  endAll(): void {
    for (const login of this.#logins) login.alive = false;
  }

  /** Refuses all access tokens that are out, and goes on with their logins. */
  forgetAccessTokens(): void {
    for (const login of this.#logins) login.expiresAt = this.#clock.now();
  }

  /** Every code and token that was ever given out. */
  readonly secrets: string[] = [];

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://stand-in');
    if (url.pathname === '/restapi/oauth/authorize') {
      this.#authorize(url.searchParams, response);
      return;
    }
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const form = new URLSearchParams(body);
    const basic = Buffer.from(`${OAuthStandIn.CLIENT_ID}:${OAuthStandIn.CLIENT_SECRET}`).toString('base64');
    if (request.headers.authorization !== `Basic ${basic}`) {
      toJson(response, 401, { error: 'invalid_client' });
    } else if (url.pathname === '/restapi/oauth/revoke') {
      this.#revoke(form.get('token') ?? '', response);
    } else {
      this.tokenRequests.push(form);
      const fault = this.faults.shift();
      await this.gate;
      this.#token(form, response, fault);
    }
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const redirectUri = query.get('redirect_uri') ?? '';
    const code = this.#secret();
    this.#codes.set(code, { challenge: query.get('code_challenge') ?? '', redirectUri });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    response.writeHead(302, { location: back.href }).end();
  }

  #revoke(token: string, response: ServerResponse): void {
    this.revoked.push(token);
    for (const login of this.#logins) {
      if ([login.accessToken, login.refreshToken, login.previous].includes(token)) login.alive = false;
    }
    response.writeHead(this.revokeStatus).end();
  }

  #token(form: URLSearchParams, response: ServerResponse, fault: TokenFault | undefined): void {
    if (fault === 'hang') return;
    if (fault === 503) response.writeHead(503).end('upstream connect error');
    else if (fault === 'html') response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sorry</p>');
    else if (fault === 'invalid_client') toJson(response, 401, { error: 'invalid_client' });
    else if (fault === 429) {
      response.setHeader('retry-after', '60');
      toJson(response, 429, { errorCode: 'CMN-301', message: 'Request rate exceeded' });
    } else {
      const answer = this.#grant(form);
      if (fault === 'lost') response.destroy();
      else if (fault === 'truncated') {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
        response.write('{"access_token":"', () => response.destroy());
      } else if (answer === undefined) {
        toJson(response, 400, { error: 'invalid_grant', error_description: 'Token not found', errors: [] });
      } else toJson(response, 200, answer);
    }
  }

  #grant(form: URLSearchParams): object | undefined {
    if (form.get('grant_type') === 'authorization_code') {
      const code = form.get('code') ?? '';
      const begun = this.#codes.get(code);
      this.#codes.delete(code);
      const proof = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      if (begun?.challenge !== proof || begun.redirectUri !== form.get('redirect_uri')) return undefined;
      const login = { alive: true, previous: undefined, ...this.#pair() };
      this.#logins.push(login);
      return this.#answer(login);
    }
    const token = form.get('refresh_token') ?? '';
    const login = this.#logins.find((one) => one.refreshToken === token || one.previous === token);
    if (!login?.alive) return undefined;
    if (login.refreshToken === token) Object.assign(login, this.#pair(), { previous: token });
    else if (login.usedAt !== undefined && this.#clock.now() >= login.usedAt + GRACE_MS) return undefined;
    return this.#answer(login);
  }

  #pair(): Pick<Login, 'accessToken' | 'refreshToken' | 'expiresAt' | 'usedAt'> {
    const expiresAt = this.#clock.now() + this.accessSeconds * 1000;
    return { accessToken: this.#secret(), refreshToken: this.#secret(), expiresAt, usedAt: undefined };
  }

  #answer(login: Login): object {
    return {
      access_token: login.accessToken,
      token_type: 'bearer',
      expires_in: Math.ceil((login.expiresAt - this.#clock.now()) / 1000),
      refresh_token: login.refreshToken,
      refresh_token_expires_in: 604_800,
      scope: 'ReadAccounts',
      owner_id: this.ownerId,
      endpoint_id: 'endpoint',
      session_id: 'session',
    };
  }

  #secret(): string {
    const secret = `secret-${randomUUID()}`;
    this.secrets.push(secret);
    return secret;
  }
}

function toJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
