import { GatewayError } from '../errors.js';
import { pause } from '../lib/pause.js';
import type { Answer, Call, ClientOptions, Sender, UpstreamClient } from './client.js';
import type { Credential } from './credential.js';
import type { Reservation } from './rate-limit.js';
import { readBody, toUpstreamError, UpstreamError } from './refusal.js';
import { toRetryDelay } from './retry.js';

/** An answer came, whatever its status. */
export interface Answered {
  readonly answer: Answer;
  readonly token: string;
}

/** No answer came. */
export interface Failed {
  readonly failure: unknown;
  /** Whether the request left. */
  readonly left: boolean;
}

interface RepeatingOptions extends Pick<
  ClientOptions,
  'budget' | 'clock' | 'random' | 'timeoutMs' | 'rateLimitMaxWaitMs' | 'onCredential'
> {
  /** One send; it never rejects. */
  readonly attempt: (
    call: Call,
    sender: Sender,
    reservation: Reservation,
    deadline: number,
  ) => Promise<Answered | Failed>;
}

/** A 401 that no newer token can cure. */
const INCURABLE = new Set(['CMN-405', 'OAU-151']);

/** Sends a call, and again what may be sent again, within one deadline for all. */
export function createRepeating(options: RepeatingOptions): UpstreamClient['send'] {
  const { attempt, budget, clock } = options;

  /** A place for a repetition: until the deadline a read waits for it as long as it may for budget. */
  async function reserveAgain(call: Call, sender: Sender, deadline: number): Promise<Reservation> {
    const tooLate = new AbortController();
    const leftMs = Math.max(0, deadline - clock.now());
    const cancel = clock.after(leftMs, () => {
      tooLate.abort(new UpstreamError({ code: 'UPSTREAM_TIMEOUT' }, 'NOT_APPLIED'));
    });
    try {
      return await budget.reserve(sender.credential.caller, call.operation, call.group, {
        maxWaitMs: call.effect === 'read' ? Math.min(options.rateLimitMaxWaitMs, leftMs) : 0,
        signal:
          sender.signal === undefined ? tooLate.signal : AbortSignal.any([sender.signal, tooLate.signal]),
      });
    } finally {
      cancel();
    }
  }

  /** A place for a repetition with a newer credential, where that can be had. */
  async function renew(call: Call, sender: Sender, refused: string, deadline: number) {
    try {
      if ((await sender.credential.renew?.(refused)) !== true) return undefined;
    } catch (error) {
      throw toCredentialFailure(error);
    }
    return reserveAgain(call, sender, deadline);
  }

  /** A place for a repetition after a failure that may pass; undefined where there is none in time. */
  async function retry(call: Call, sender: Sender, delayMs: number, deadline: number) {
    await pause(delayMs, clock, sender.signal);
    try {
      return await reserveAgain(call, sender, deadline);
    } catch (error) {
      if (error instanceof GatewayError) return undefined;
      throw error;
    }
  }

  function reportCredential({ caller }: Credential, answer: Answer): void {
    const { status } = answer;
    if (status === 401) {
      if (isCurable(answer)) options.onCredential(caller, false);
    } else if ((status >= 200 && status <= 299) || (status >= 400 && status <= 499 && status !== 429)) {
      options.onCredential(caller, true);
    }
  }

  return async function send(call, sender) {
    const deadline = clock.now() + options.timeoutMs;
    let reservation: Reservation | undefined = sender.reservation;
    let renewed = false;
    let ended: Answered | Failed | undefined;
    for (let sends = 1; reservation !== undefined; sends += 1) {
      const attempted: Answered | Failed = await attempt(call, sender, reservation, deadline);
      // What kept a repetition from leaving hides nothing of what came before.
      ended = ended === undefined || 'answer' in attempted || attempted.left ? attempted : ended;
      if (ended !== attempted) break;
      reservation = undefined;
      if ('answer' in ended && !renewed && isCurable(ended.answer)) {
        reservation = await renew(call, sender, ended.token, deadline);
        if (reservation === undefined) break;
        // The refusal was of a credential that is no longer used.
        ended = undefined;
        renewed = true;
        sends -= 1;
      } else {
        const delayMs = toRetryDelay({ call, ...ended, sends, random: options.random });
        if (delayMs === undefined || clock.now() + delayMs >= deadline) break;
        reservation = await retry(call, sender, delayMs, deadline);
      }
    }
    if (ended === undefined || 'failure' in ended) throw ended?.failure;
    reportCredential(sender.credential, ended.answer);
    return ended.answer;
  };
}

/** Where sessions are kept may be out of reach, which says nothing of the credential. */
export const toCredentialFailure = (error: unknown) =>
  error instanceof GatewayError ? error : new UpstreamError({ code: 'UPSTREAM_UNAVAILABLE' }, 'NOT_APPLIED');

function isCurable(answer: Answer): boolean {
  if (answer.status !== 401) return false;
  const { errorCode } = toUpstreamError(answer, readBody(answer.body)).extensions.upstream ?? {};
  return errorCode === undefined || !INCURABLE.has(errorCode);
}
