import type { Answer } from './answer.js';
import type { Logins } from './oauth-logins.js';
import { loginPage, refusalPage } from './oauth-page.js';
import type { User } from './state.js';

export interface AuthorizeOptions {
  readonly clientId: string;
  /** The addresses that the app is registered with; undefined takes any of http or https. */
  readonly redirectUris: readonly string[] | undefined;
  /** The name of a user who agrees at once, without the page. */
  readonly autoLogin: string | undefined;
  readonly users: ReadonlyMap<string, User>;
  readonly logins: Logins;
}

/** RFC 6749, section 4.1.1, with the PKCE of RFC 7636. A GET shows the page, whose form comes back as a POST. */
export function authorize(text: string, method: string, options: AuthorizeOptions): Answer {
  const fields = new URLSearchParams(text);
  const redirectUri = fields.get('redirect_uri') ?? '';
  if (fields.get('client_id') !== options.clientId) return refusalPage('Nobody knows this client_id.');
  if (!isRegistered(redirectUri, options)) return refusalPage('This redirect_uri is not registered.');
  const redirect = (answer: Readonly<Record<string, string>>) =>
    toRedirect(redirectUri, fields.get('state'), answer);

  if (fields.get('response_type') !== 'code') return redirect({ error: 'unsupported_response_type' });
  const challenge = fields.get('code_challenge') ?? '';
  // 256 bits in base64url: RFC 7636, section 4.2.
  if (fields.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(challenge))
    return redirect({ error: 'invalid_request', error_description: 'PKCE with S256 is required' });
  if (fields.has('deny')) return redirect({ error: 'access_denied' });

  const chosen = method === 'POST' ? fields.get('user') : options.autoLogin;
  const user = options.users.get(chosen ?? '');
  return user === undefined
    ? loginPage([...options.users.keys()], fields)
    : redirect({ code: options.logins.createCode(user, { redirectUri, challenge }) });
}

function isRegistered(redirectUri: string, { redirectUris }: AuthorizeOptions): boolean {
  if (redirectUris !== undefined) return redirectUris.includes(redirectUri);
  return /^https?:\/\//.test(redirectUri) && URL.canParse(redirectUri) && !redirectUri.includes('#');
}

function toRedirect(
  redirectUri: string,
  state: string | null,
  answer: Readonly<Record<string, string>>,
): Answer {
  const location = new URL(redirectUri);
  for (const [name, value] of Object.entries(answer)) location.searchParams.set(name, value);
  if (state !== null) location.searchParams.set('state', state);
  // 302 as RingCentral has it; after a form's POST browsers follow it with a GET.
  return { status: 302, headers: { location: location.href, 'cache-control': 'no-store' } };
}
