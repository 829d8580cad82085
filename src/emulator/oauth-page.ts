import type { Answer } from './answer.js';

const HEADERS = {
  'content-type': 'text/html;charset=utf-8',
  'cache-control': 'no-store',
  // No form-action: a browser would hold it against the redirect that follows.
  'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
};

/** Who wants to log in: a button for each, and one for nobody. Everything that came goes with it. */
export function loginPage(users: readonly string[], fields: URLSearchParams): Answer {
  const hidden = [...fields].map(
    ([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`,
  );
  const buttons = users.map(
    (user) => `<p><button name="user" value="${escape(user)}">Log in as ${escape(user)}</button></p>`,
  );
  const form = `<form method="post" action="/restapi/oauth/authorize">${hidden.join('')}${buttons.join('')}<p><button name="deny" value="true">Cancel</button></p></form>`;
  return toPage(200, 'Log in', form);
}

/** What must not be told by a redirect, for whoever asked may have written the address. */
export const refusalPage = (reason: string): Answer => toPage(400, 'No login', `<p>${escape(reason)}</p>`);

function toPage(status: number, title: string, content: string): Answer {
  const text = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title></head><body><h1>RingCentral emulator</h1>${content}</body></html>`;
  return { status, headers: HEADERS, text };
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
