import { Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import got, { type Got, type OptionsInit } from 'got';
import type { Clock } from '../lib/clock.js';
import type { Slots } from './concurrency.js';
import type { Credential } from './credential.js';
import { AbortedError, OversizedError, toFailure } from './exchange-failure.js';
import { readRateHeaders, type RateHeaders } from './rate-limit-headers.js';
import type { Reservation, Budget } from './rate-limit.js';
import { UpstreamError } from './refusal.js';
import { createRepeating, toCredentialFailure, type Answered, type Failed } from './repeating.js';

/** One HTTP request to RingCentral. */
export interface Call {
  /** The operation's id, for metrics, logs and the budget. */
  readonly operation: string;
  /** The rate-limit group that the documentation names; the answer's header corrects it. */
  readonly group: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** A read may be sent again after a failure; a write only where it certainly did not arrive. */
  readonly effect: 'read' | 'write';
  /** Encoded, without a leading slash, query included. */
  readonly path: string;
  readonly accept?: string;
  readonly contentType?: string;
  readonly body?: string;
  /** How many ids it carries, for the metrics. */
  readonly ids: number;
}

/** Who sends it, and what is to be known of it while it is under way. */
export interface Sender {
  readonly credential: Credential;
  /** Passed on, so that both sides' logs can be brought together. */
  readonly requestId: string;
  readonly signal?: AbortSignal;
  /** The place in the budget that was taken for its first send. */
  readonly reservation: Reservation;
  /** Each time that an HTTP request leaves. */
  onSend?(): void;
  /** It did not leave after all: no connection came about. */
  onUnsent?(): void;
}

/** What came back, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  readonly requestId: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** Whether it told of a budget of the caller's own. */
  readonly ownBudget: boolean;
}

export interface UpstreamClient {
  /**
   * Sends a call when a slot is free, repeats what may be repeated, all within UPSTREAM_TIMEOUT_MS. A repetition for
   * which there is no budget or no time is left out.
   * @throws UpstreamError when there is no answer (its outcome says what is known of a write); whatever keeps a newer
   * credential from being had or used in place of a refused one (RateLimitedError too)
   */
  send(call: Call, sender: Sender): Promise<Answer>;
  /** Closes idle connections. */
  close(): void;
}

export interface ClientOptions {
  readonly serverUrl: string;
  readonly userAgent: string;
  readonly timeoutMs: number;
  /** How long the repetition of a read may wait for budget. */
  readonly rateLimitMaxWaitMs: number;
  readonly budget: Budget;
  readonly slots: Slots;
  readonly clock: Clock;
  /** 0 to 1, for the jitter of retries. */
  readonly random: () => number;
  readonly onCall: (event: CallEvent) => void;
  /** RingCentral has taken a caller's credential, or refused it with a 401 that none but another one cures. */
  readonly onCredential: (caller: string, accepted: boolean) => void;
}

/** One HTTP request that ended. */
export interface CallEvent {
  /** Of the request that opened it. */
  readonly requestId: string;
  readonly operation: string;
  readonly status: number | 'timeout' | 'unavailable' | 'aborted' | 'oversized';
  readonly durationMs: number;
  readonly ids: number;
}

/** The largest page (1,000 records of about 1 kB) is far below; more than this is no answer of RingCentral's. */
const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

export function createClient(options: ClientOptions): UpstreamClient {
  const { slots, clock } = options;
  const keepAlive = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const http = got.extend({
    prefixUrl: options.serverUrl,
    agent: keepAlive,
    followRedirect: false,
    throwHttpErrors: false,
    decompress: true,
    // All repeating is decided in `send`, where it is known what a repetition may do.
    retry: { limit: 0 },
    headers: { 'user-agent': options.userAgent },
  });

  /** One send. Its place in the budget is given back unless the request may have reached RingCentral. */
  async function attempt(
    call: Call,
    sender: Sender,
    reservation: Reservation,
    deadline: number,
  ): Promise<Answered | Failed> {
    let giveSlotBack: (() => void) | undefined;
    let token: string;
    try {
      giveSlotBack = await slots.acquire(sender.credential.caller, deadline, sender.signal);
      if (giveSlotBack === undefined) throw new UpstreamError({ code: 'UPSTREAM_TIMEOUT' }, 'NOT_APPLIED');
      token = await sender.credential.accessToken();
      sender.signal?.throwIfAborted();
      if (clock.now() >= deadline) throw new UpstreamError({ code: 'UPSTREAM_TIMEOUT' }, 'NOT_APPLIED');
      // Refused where a penalty began while this call waited for its slot.
      reservation.sent();
    } catch (error) {
      giveSlotBack?.();
      reservation.release();
      return { failure: sender.signal?.aborted === true ? error : toCredentialFailure(error), left: false };
    }
    sender.onSend?.();
    const began = clock.now();
    const report = (status: CallEvent['status']) => {
      const { operation, ids } = call;
      const durationMs = clock.now() - began;
      options.onCall({ requestId: sender.requestId, operation, status, durationMs, ids });
    };
    try {
      const remainingMs = Math.max(1, deadline - began);
      const answer = await exchange(http, call, sender, { token, remainingMs }, ({ statusCode, headers }) => {
        const rate = readRateHeaders(headers, clock.now());
        reservation.answered(statusCode ?? 0, rate);
        if (statusCode !== 429) return rate;
        // Another answer may have told of a longer penalty.
        const { retryAfterSeconds = 1 } = rate;
        return { ...rate, retryAfterSeconds: Math.max(1, retryAfterSeconds, reservation.penaltySeconds()) };
      });
      report(answer.status);
      return { answer, token };
    } catch (error) {
      const failure = toFailure(error, options.serverUrl);
      if (failure.error.outcome === 'NOT_APPLIED') {
        reservation.release();
        sender.onUnsent?.();
      } else reservation.lost();
      report(failure.event);
      return { failure: failure.error, left: true };
    } finally {
      giveSlotBack();
    }
  }

  return {
    send: createRepeating({ ...options, attempt }),
    close() {
      keepAlive.http.destroy();
      keepAlive.https.destroy();
    },
  };
}

/** One exchange on the wire. Rejects with got's error, an OversizedError or the signal's reason. */
function exchange(
  http: Got,
  call: Call,
  sender: Sender,
  { token, remainingMs }: { readonly token: string; readonly remainingMs: number },
  onHead: (head: IncomingMessage) => RateHeaders,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request: OptionsInit & { isStream: true } = {
      isStream: true,
      method: call.method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: call.accept ?? 'application/json',
        'x-request-id': sender.requestId,
        ...(call.contentType !== undefined && { 'content-type': call.contentType }),
      },
      timeout: { request: remainingMs },
      ...(call.body !== undefined && { body: call.body }),
      // A pooled connection may be closed by the other side just as a write leaves, and then nobody knows whether it
      // was applied. A write takes a connection of its own.
      ...(call.effect === 'write' && { agent: { http: new HttpAgent(), https: new HttpsAgent() } }),
    };
    const stream = http(call.path, request);
    const chunks: Buffer[] = [];
    let size = 0;
    const onAbort = () => stream.destroy(new AbortedError());
    const finish = () => sender.signal?.removeEventListener('abort', onAbort);
    sender.signal?.addEventListener('abort', onAbort, { once: true });
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_RESPONSE_BYTES) stream.destroy(new OversizedError());
    });
    stream.on('error', (error) => {
      finish();
      reject(error);
    });
    // A penalty counts from its head on, however long the body takes.
    let head: { response: IncomingMessage; rate: RateHeaders } | undefined;
    stream.once('response', (response: IncomingMessage) => {
      head = { response, rate: onHead(response) };
    });
    stream.once('end', () => {
      finish();
      if (head === undefined) return;
      const { statusCode: status = 0, headers } = head.response;
      resolve({
        status,
        contentType: headers['content-type'] ?? '',
        body: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks),
        requestId: typeof headers['rcrequestid'] === 'string' ? headers['rcrequestid'] : undefined,
        retryAfterSeconds: head.rate.retryAfterSeconds,
        ownBudget: head.rate.group !== undefined,
      });
    });
  });
}
