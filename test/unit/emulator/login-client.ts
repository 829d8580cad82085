import { createHash } from 'node:crypto';
import type { Emulator } from '../../../src/emulator/emulator.js';
import { OWN, send, type Received } from './client.js';

const VERIFIER = 'verifier-of-at-least-forty-three-characters-0123';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
export const CALLBACK = 'https://app.example.com/auth/callback?kept=1';
export const REQUEST = {
  response_type: 'code',
  client_id: 'switchboard-demo',
  redirect_uri: CALLBACK,
  state: 'the state',
  code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'),
  code_challenge_method: 'S256',
};

export type Fields = Readonly<Record<string, string>>;

export interface Pair {
  readonly access_token: string;
  readonly refresh_token: string;
  readonly expires_in: number;
}

export const locationOf = ({ headers }: Received): URL => new URL(headers.get('location') ?? '');

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;

/** What a browser and an app with its secret do with the OAuth pages of an emulator. */
export function createLoginClient(emulator: () => Emulator) {
  const showLogin = (changes: Fields = {}) =>
    send(emulator(), `/restapi/oauth/authorize?${toForm({ ...REQUEST, ...changes })}`, { token: null });

  /** What the login page's buttons send. */
  const press = (fields: Fields) =>
    send(emulator(), '/restapi/oauth/authorize', {
      method: 'POST',
      token: null,
      body: toForm({ ...REQUEST, ...fields }),
      headers: FORM,
    });

  async function login(user = 'Ann Archer'): Promise<string> {
    return locationOf(await press({ user })).searchParams.get('code') ?? '';
  }

  function post(path: string, fields: Fields, authorization?: string): Promise<Received> {
    const { id, secret } = emulator().client;
    return send(emulator(), `/restapi/oauth/${path}`, {
      method: 'POST',
      token: null,
      body: toForm(fields),
      headers: { ...FORM, authorization: authorization ?? basic(id, secret) },
    });
  }

  const exchange = (code: string, changes: Fields = {}) =>
    post('token', {
      grant_type: 'authorization_code',
      code,
      code_verifier: VERIFIER,
      redirect_uri: CALLBACK,
      ...changes,
    });

  return {
    showLogin,
    press,
    login,
    post,
    exchange,
    refresh: (token: string) => post('token', { grant_type: 'refresh_token', refresh_token: token }),
    use: (token: string) => send(emulator(), OWN, { token }),
    async logIn(user?: string): Promise<Pair> {
      return (await exchange(await login(user))).json;
    },
  };
}

const toForm = (fields: Fields) => new URLSearchParams(fields).toString();
