import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { systemClock, type Clock } from '../lib/clock.js';
import { DEFAULT_VARIANT, type Variant } from './batch.js';
import type { Answer } from './error-body.js';
import { Faults, type FaultOrder, type WrittenAnswer } from './faults.js';
import { handle } from './handle.js';
import { DEFAULT_LIMITS, RateLimits, type Group, type RateLimit } from './rate-limits.js';
import { ACCOUNT, createSeed, DEMO_EXTENSION, TOKENS } from './seed.js';
import { ALL_PERMISSIONS, type Grant, type State } from './state.js';

export type { FaultOrder, WrittenAnswer } from './faults.js';

export interface EmulatorOptions {
  readonly host?: string;
  readonly port?: number;
  readonly clock?: Clock;
  /** Ids in one batch request. */
  readonly batchLimit?: number;
  readonly limits?: Partial<Record<Group, RateLimit>>;
  readonly variant?: Partial<Variant>;
  /** Takes tokens that are made up, each a user of its own who sees the demo extension with its marker in every label. */
  readonly syntheticTokens?: (token: string) => { readonly marker: string } | undefined;
}

/** One call that arrived, in order of arrival. */
export interface JournalEntry {
  readonly at: number;
  readonly method: string;
  /** As it came, without the query. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly token: string | undefined;
  /** 0 until it was answered. */
  status: number;
}

/** A RingCentral to develop and test against, on a socket of its own. */
export interface Emulator {
  readonly url: string;
  readonly demoToken: string;
  readonly tokens: typeof TOKENS;
  readonly journal: readonly JournalEntry[];
  clearJournal(): void;
  /** What the next calls to an address meet. */
  fault(order: FaultOrder): void;
  /** How 207s are written from now on. */
  setVariant(variant: Partial<Variant>): void;
  /** State, journal, faults, limits and variant as at the start. */
  reset(): void;
  stop(): Promise<void>;
}

/** Smaller bodies are not worth packing. */
const GZIP_FROM_BYTES = 1024;

export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { clock = systemClock, batchLimit = 30, syntheticTokens } = options;
  const limits = new RateLimits(clock, { ...DEFAULT_LIMITS, ...options.limits });
  const faults = new Faults();
  const journal: JournalEntry[] = [];
  const firstVariant = { ...DEFAULT_VARIANT, ...options.variant };
  let variant = firstVariant;
  let state: State = createSeed();

  function grantOf(token: string): Grant | undefined {
    const synthetic = syntheticTokens?.(token);
    if (synthetic === undefined) return state.grants.get(token);
    return {
      accountId: ACCOUNT,
      extensionId: DEMO_EXTENSION,
      permissions: ALL_PERMISSIONS,
      seesAll: true,
      ...synthetic,
    };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/', headers } = request;
    const [path = '', query = ''] = url.split(/\?(.*)/s);
    const body = await readBody(request);
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    const entry: JournalEntry = { at: clock.now(), method, path, query, headers, body, token, status: 0 };
    journal.push(entry);
    const fault = faults.take(method, path);
    if (fault?.reset === 'before') {
      request.socket.destroy();
      return;
    }
    if (fault?.hold && fault.holdWhen === 'before') await fault.hold;
    const incoming = {
      method,
      path,
      query,
      token,
      body,
      accept: headers.accept ?? '',
      contentType: headers['content-type'] ?? '',
    };
    const world = { state, limits, batchLimit, variant, grantOf };
    const answered = toWritten(fault?.answer ?? handle(incoming, world));
    if (fault?.hold && fault.holdWhen !== 'before') await fault.hold;
    if (fault?.reset === 'afterApplying') {
      request.socket.destroy();
      return;
    }
    const written = fault?.rewrite?.(answered) ?? answered;
    entry.status = written.status;
    send(response, written, /\bgzip\b/.test(String(headers['accept-encoding'])), fault?.truncate);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => {
      response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://${options.host ?? '127.0.0.1'}:${String(port)}`,
    demoToken: TOKENS.user,
    tokens: TOKENS,
    journal,
    clearJournal() {
      journal.length = 0;
    },
    fault(order) {
      faults.add(order);
    },
    setVariant(changes) {
      variant = { ...variant, ...changes };
    },
    reset() {
      state = createSeed();
      variant = firstVariant;
      journal.length = 0;
      faults.clear();
      limits.reset();
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
      });
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function toWritten({ status, headers, body, text }: Answer): WrittenAnswer {
  const written = text ?? (body === undefined ? '' : JSON.stringify(body));
  return {
    status,
    body: written,
    headers: {
      ...(written !== '' && { 'content-type': 'application/json;charset=utf-8' }),
      'content-language': 'en-US',
      rcrequestid: randomUUID(),
      routingkey: 'SJC00P00PAS00',
      ...headers,
    },
  };
}

function send(
  response: ServerResponse,
  answer: WrittenAnswer,
  gzip: boolean,
  truncate: number | undefined,
): void {
  const plain = Buffer.from(answer.body, 'utf8');
  const packed = gzip && truncate === undefined && plain.length > GZIP_FROM_BYTES;
  const bytes = packed ? gzipSync(plain) : plain;
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(packed && { 'content-encoding': 'gzip' }),
    ...(answer.status !== 204 && { 'content-length': String(bytes.length) }),
  });
  if (truncate === undefined) response.end(bytes);
  else response.write(bytes.subarray(0, Math.floor(bytes.length * truncate)), () => response.destroy());
}
