/**
 * What the page and its workers may do: load from, and speak to, our own origin alone. Monaco writes style attributes and
 * elements, hence 'unsafe-inline' for styles; icons and fonts are partly data: URLs inside the style sheet.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A switch on a blue ground; a data: URL, so that no browser asks for /favicon.ico. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b77d5"/>' +
    '<g fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"><path d="M7 9h6l6 14h6M7 16h5M7 23h6l6-14h6"/></g></svg>',
)}`;

export interface PageSettings {
  /** The token that the headers editor starts with: the emulator's. Unset: a comment says what to put there. */
  demoToken?: string | undefined;
  /** Whether there are browser sessions: every request then carries the header that lets the session's cookie count. */
  sessions: boolean;
}

/** JSON that cannot end the script element which holds it, nor open a comment there. */
const toInlineJson = (value: unknown) => JSON.stringify(value).replaceAll('<', '\\u003c');

/** The HTML page; `script` and `style` are URL paths. */
export const playgroundPage = (
  settings: PageSettings,
  script: string,
  style: string,
): string => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Switchboard playground</title>
    <link rel="icon" href="${ICON}">
    <link rel="stylesheet" href="${style}">
    <script type="application/json" id="settings">${toInlineJson(settings)}</script>
    <script type="module" src="${script}"></script>
  </head>
  <body>
    <div id="playground">Loading…</div>
    <noscript>The playground needs JavaScript. The API itself answers POST /graphql.</noscript>
  </body>
</html>
`;
