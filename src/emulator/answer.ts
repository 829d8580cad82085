import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Json } from './json.js';

/** An answer as a route gives it. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless `text` is given. */
  readonly body?: unknown;
  readonly text?: string;
}

/** An answer as it goes over the wire, before packing. */
export interface WrittenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Sending {
  /** Whether the client takes gzip. */
  readonly gzip: boolean;
  /** Sends so much of the body, 0 to 1, and closes the connection. */
  readonly truncate: number | undefined;
}

/** Smaller bodies are not worth packing. */
const GZIP_FROM_BYTES = 1024;
const pack = promisify(gzip);

export const ok = (body: Json): Answer => ({ status: 200, body });

/** With the headers that RingCentral puts on every answer. */
export function toWritten({ status, headers, body, text }: Answer): WrittenAnswer {
  const written = text ?? (body === undefined ? '' : JSON.stringify(body));
  return {
    status,
    body: written,
    headers: {
      ...(written !== '' && { 'content-type': 'application/json;charset=utf-8' }),
      'content-language': 'en-US',
      rcrequestid: randomUUID(),
      routingkey: 'SJC00P00PAS00',
      vary: 'Accept-Encoding, User-Agent',
      ...headers,
    },
  };
}

export async function send(response: ServerResponse, answer: WrittenAnswer, sending: Sending): Promise<void> {
  const { truncate } = sending;
  const plain = Buffer.from(answer.body, 'utf8');
  const packed = sending.gzip && truncate === undefined && plain.length > GZIP_FROM_BYTES;
  const bytes = packed ? await pack(plain) : plain;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(packed && { 'content-encoding': 'gzip' }),
    ...(answer.status !== 204 && { 'content-length': String(bytes.length) }),
  });
  if (truncate === undefined) response.end(bytes);
  else response.write(bytes.subarray(0, Math.floor(bytes.length * truncate)), () => response.destroy());
}
