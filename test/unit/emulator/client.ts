import type { Emulator } from '../../../src/emulator/emulator.js';

/** Ann's account and extension, which are the demo token's. */
export const ACCOUNT = '401900100008';
export const EXTENSION = '401900101008';
export const BOB = '401900102008';
export const OWN = '/restapi/v1.0/account/~/extension/~';
export const CANONICAL = `https://platform.ringcentral.com/restapi/v1.0/account/${ACCOUNT}/extension/${EXTENSION}`;

/** The id under which a number is blocked. */
export const blockedId = (phoneNumber: string): string =>
  Buffer.from(phoneNumber.slice(1)).toString('base64').replaceAll('=', '');

export interface Sent {
  readonly method?: string;
  /** Null: none. */
  readonly token?: string | null;
  /** Text goes as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Received {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Unchecked; undefined where the text is no JSON. */
  readonly json: ReturnType<typeof JSON.parse>;
}

/** One call over HTTP, as an app would send it; `path` begins with a slash, or is below the caller's extension. */
export async function send(emulator: Emulator, path: string, sent: Sent = {}): Promise<Received> {
  const { method = 'GET', token = emulator.demoToken, body, headers } = sent;
  const response = await fetch(emulator.url + (path.startsWith('/') ? path : `${OWN}/${path}`), {
    method,
    redirect: 'manual',
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface Part {
  readonly headers: string;
  readonly body: string;
}

/** The parts of a multipart answer, cut by the book: RFC 2046, section 5.1. */
export function toParts({ headers, text }: Received): Part[] {
  const boundary = /boundary="?([^";]+)"?/.exec(headers.get('content-type') ?? '')?.[1] ?? '';
  const [, ...cut] = `\n${text.replaceAll('\r\n', '\n')}`.split(`\n--${boundary}`);
  return cut.slice(0, -1).map((part) => {
    const [head = '', ...body] = part.slice(1).split('\n\n');
    return { headers: head, body: body.join('\n\n') };
  });
}

/** A body for a PUT of several resources: one part each. */
export function toMultipart(bodies: readonly unknown[]): Sent {
  const parts = bodies.map(
    (body) => `--outgoing\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}\r\n`,
  );
  return {
    method: 'PUT',
    body: `${parts.join('')}--outgoing--\r\n`,
    headers: { 'content-type': 'multipart/mixed; boundary=outgoing' },
  };
}
