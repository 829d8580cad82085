import {
  GatewayError,
  type ErrorCode,
  type ErrorExtensions,
  type MutationOutcome,
  type UpstreamDetails,
} from '../errors.js';
import { isRecord, parseJson } from './json.js';

/** RingCentral refused, failed, or could not be reached or understood. */
export class UpstreamError extends GatewayError {
  /** What this failure says of a write. */
  readonly outcome: MutationOutcome;

  constructor(extensions: ErrorExtensions, outcome: MutationOutcome, message?: string) {
    super(message ?? MESSAGES[extensions.code] ?? 'RingCentral could not answer.', extensions);
    this.outcome = outcome;
  }
}

/** Fixed texts: upstream's own messages are localised and quote phone numbers. */
const MESSAGES: Partial<Record<ErrorCode, string>> = {
  BAD_USER_INPUT: 'RingCentral does not accept the input.',
  UNAUTHENTICATED: 'RingCentral does not accept the credential.',
  FORBIDDEN: 'RingCentral does not permit this to the caller.',
  NOT_FOUND: 'The resource does not exist or is not accessible.',
  RATE_LIMITED: 'RingCentral allows no further request of this kind yet.',
  UPSTREAM_TIMEOUT: 'RingCentral did not answer in time.',
  UPSTREAM_UNAVAILABLE: 'RingCentral is not available.',
  UPSTREAM_INVALID_RESPONSE: 'RingCentral gave an answer that makes no sense.',
};

/** A 429 that is not about the caller's own budget. */
const OTHER_LIMITS: Readonly<Record<string, string>> = {
  'CMN-304': 'RingCentral is still answering the same request of this caller.',
  'CMN-310': 'A limit of RingCentral for all callers together is used up.',
};
const ACCOUNT_LIMIT = 'A limit of RingCentral for the whole account or address is used up.';

/** Codes that say more than the status they come with. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  'CMN-405': 'FORBIDDEN',
  'OAU-151': 'FORBIDDEN',
  'CMN-102': 'NOT_FOUND',
  'CMN-120': 'NOT_FOUND',
  'AGW-404': 'NOT_FOUND',
  'CMN-101': 'BAD_USER_INPUT',
  'CMN-406': 'BAD_USER_INPUT',
  'FPN-105': 'BAD_USER_INPUT',
};

const STATUSES: Readonly<Record<number, ErrorCode>> = {
  400: 'BAD_USER_INPUT',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  429: 'RATE_LIMITED',
};

/** RingCentral asks for at least 30 s where a 429 names no time (developer guide, rate limits). */
const DEFAULT_RETRY_AFTER_SECONDS = 30;

/** The head of an answer, as far as its refusal needs it. */
export interface RefusalHead {
  readonly status: number;
  readonly requestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** Whether it told of a budget of the caller's own. */
  readonly ownBudget?: boolean;
}

/** A refusal as the error that clients see. `body` is the parsed body, or undefined where there is none to trust. */
export function toUpstreamError(head: RefusalHead, body: unknown): UpstreamError {
  const { status, requestId } = head;
  const said = detailsOf(body);
  const code =
    (said.errorCode !== undefined && Object.hasOwn(CODES, said.errorCode) && CODES[said.errorCode]) ||
    STATUSES[status] ||
    (status >= 500 && status <= 599 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_INVALID_RESPONSE');
  const upstream = { status, ...said, ...(isShowable(requestId) && { requestId }) };
  const retryAfterSeconds =
    code === 'RATE_LIMITED'
      ? { retryAfterSeconds: Math.max(1, head.retryAfterSeconds ?? DEFAULT_RETRY_AFTER_SECONDS) }
      : {};
  return new UpstreamError(
    { code, ...retryAfterSeconds, upstream },
    outcomeOf(status),
    limitMessage(code, said, head),
  );
}

function limitMessage(
  code: ErrorCode,
  { errorCode }: UpstreamDetails,
  head: RefusalHead,
): string | undefined {
  if (code !== 'RATE_LIMITED') return undefined;
  return OTHER_LIMITS[errorCode ?? ''] ?? (head.ownBudget === false ? ACCOUNT_LIMIT : undefined);
}

/** An answer whose status promised sense and whose body has none. */
export function toInvalidResponse(head: RefusalHead): UpstreamError {
  const upstream = { status: head.status, ...(isShowable(head.requestId) && { requestId: head.requestId }) };
  return new UpstreamError({ code: 'UPSTREAM_INVALID_RESPONSE', upstream }, 'UNKNOWN');
}

/** The parsed body, or undefined where it is no JSON (a proxy's HTML, an empty body). */
export function readBody(body: Buffer): unknown {
  try {
    return parseJson(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

const outcomeOf = (status: number): MutationOutcome =>
  status >= 400 && status <= 499 ? 'NOT_APPLIED' : 'UNKNOWN';

/** The current error model (`errors[0]`), else the legacy one at the top. */
function detailsOf(body: unknown): UpstreamDetails {
  if (!isRecord(body)) return {};
  const [first] = Array.isArray(body['errors']) ? (body['errors'] as unknown[]) : [];
  const details: UpstreamDetails = {};
  for (const name of ['errorCode', 'parameterName', 'permissionName'] as const) {
    const value = (isRecord(first) ? first[name] : undefined) ?? body[name];
    if (isShowable(value)) details[name] = value;
  }
  return details;
}

/** A short name-like text whose digits, however separated, could be no phone number's, or a UUID. */
function isShowable(value: unknown): value is string {
  if (typeof value !== 'string' || !/^[\w.[\]-]{1,64}$/.test(value)) return false;
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value)) return true;
  return !/\d{7}/.test(value.replaceAll(/[^a-z\d]/gi, ''));
}
