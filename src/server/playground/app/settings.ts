/** What the server puts into the page for this deployment. */
interface Settings {
  demoToken?: string;
  sessions: boolean;
}

const element = document.querySelector('#settings');
const settings = JSON.parse(element?.textContent ?? '') as Settings;

/** Sent with every request: with it the session's cookie counts. */
export const requestHeaders: Record<string, string> = settings.sessions ? { 'X-CSRF': '1' } : {};

const BEARER_HINT = '// "Authorization": "Bearer <your RingCentral access token>"';

/** The text that the headers editor starts with. */
export function initialHeaders(): string {
  if (settings.demoToken !== undefined) {
    return JSON.stringify({ Authorization: `Bearer ${settings.demoToken}` }, undefined, 2);
  }
  const hints = settings.sessions
    ? ['// Signed in at /auth/login? Then leave this empty.', BEARER_HINT]
    : [BEARER_HINT];
  return `{\n${hints.map((hint) => `  ${hint}\n`).join('')}}`;
}
