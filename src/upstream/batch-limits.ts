import type { Answer } from './client.js';
import { isRecord } from './json.js';
import { readBody } from './refusal.js';

/** How many ids one request may hold, by operation: BATCH_MAX_IDS until upstream tells a lower number. */
export interface BatchLimits {
  of(operation: string): number;
  /** The lower limit that this answer tells, now remembered; undefined where it tells none. */
  learn(operation: string, answer: Answer, sent: number): number | undefined;
}

const CODES = new Set(['CMN-106', 'InvalidMultipartRequest']);

export function createBatchLimits(maxIds: number): BatchLimits {
  const told = new Map<string, number>();
  const of = (operation: string) => told.get(operation) ?? maxIds;
  return {
    of,
    learn(operation, answer, sent) {
      if (answer.status !== 400) return undefined;
      const limit = toldLimit(readBody(answer.body));
      if (limit === undefined || limit < 1 || limit >= sent) return undefined;
      told.set(operation, Math.min(limit, of(operation)));
      return of(operation);
    },
  };
}

/** "Batch request is limited to 20 entries", "… multipart request is limited to 30 extensions". */
function toldLimit(body: unknown): number | undefined {
  if (!isRecord(body)) return undefined;
  const errors = Array.isArray(body['errors']) ? (body['errors'] as unknown[]) : [];
  for (const error of [...errors, body]) {
    if (!isRecord(error) || !CODES.has(String(error['errorCode']))) continue;
    const [, limit] = /limited to (\d{1,6})\b/i.exec(String(error['message'])) ?? [];
    if (limit !== undefined) return Number(limit);
  }
  return undefined;
}
