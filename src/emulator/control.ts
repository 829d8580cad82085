import { z } from 'zod';
import { ok, type Answer } from './answer.js';
import { loginRequired, proxyPage, rateExceeded, unavailable, type Faults } from './faults.js';
import { tryParse } from './json.js';
import type { Incoming } from './incoming.js';
import type { Journal } from './journal.js';
import { OAUTH_OPERATIONS } from './oauth.js';
import { OPERATIONS } from './router.js';

/** Answers that can be ordered, by status. */
const ANSWERS = {
  '401': loginRequired,
  '429': rateExceeded,
  '502': () => proxyPage(),
  '503': unavailable,
};
type Status = keyof typeof ANSWERS;

const KNOWN: ReadonlySet<string> = new Set([...OPERATIONS, ...OAUTH_OPERATIONS]);
const WHAT = ['status', 'slowMs', 'truncate', 'reset'] as const;

/** `FaultOrder` as far as JSON can say it. */
const order = z
  .strictObject({
    operation: z
      .string()
      .refine((name) => KNOWN.has(name), 'is no operation of the emulator')
      .optional(),
    method: z.enum(['GET', 'POST', 'PUT', 'DELETE']).optional(),
    token: z.string().optional(),
    times: z.int().min(1).max(10_000).optional(),
    status: z.union([z.literal(401), z.literal(429), z.literal(502), z.literal(503)]).optional(),
    retryAfterSeconds: z.int().min(0).optional(),
    slowMs: z.int().min(0).max(600_000).optional(),
    truncate: z.number().min(0).max(1).optional(),
    reset: z.enum(['before', 'afterApplying']).optional(),
  })
  .refine((given) => WHAT.some((name) => given[name] !== undefined), `needs one of ${WHAT.join(', ')}`);

/** Calls that the journal tells of at once, the newest. */
const TOLD = 100;

/**
 * What a developer may ask of the emulator itself, beside RingCentral's addresses; undefined for these. JSON alone: no
 * form of a web page sends it.
 */
export function answerControl(
  { method, path, contentType, body }: Incoming,
  { faults, journal }: { readonly faults: Faults; readonly journal: Journal },
): Answer | undefined {
  if (method === 'GET' && path === '/emulator/journal') return ok({ calls: tell(journal) });
  if (method !== 'POST' || path !== '/emulator/faults') return undefined;
  if (!contentType.startsWith('application/json')) return { status: 415 };
  const { data, error } = order.safeParse(tryParse(body));
  if (data === undefined) return { status: 400, body: { faults: toFaults(error) } };
  const { status, retryAfterSeconds, ...rest } = data;
  const answer = status && ANSWERS[String(status) as Status](retryAfterSeconds);
  faults.add({ ...omitUnset(rest), ...(answer !== undefined && { answer }) });
  return { status: 204 };
}

/** Without headers, which tell nothing that is not here. */
const tell = ({ entries }: Journal) =>
  entries.slice(-TOLD).map(({ at, method, path, query, operation, token, body, status }) => ({
    at: new Date(at).toISOString(),
    ...{ method, path, query, operation, token, body, status },
  }));

const toFaults = ({ issues }: z.ZodError) =>
  issues.map(({ path, message }) => [path.join('.'), message].filter((part) => part !== '').join(': '));

/** An order says nothing of what JSON left out. */
const omitUnset = <T extends object>(given: T) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
