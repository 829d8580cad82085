import {
  readMultiStatus,
  type BatchMethod,
  type ItemOutcome,
  type MultiAnswer,
} from '../../src/upstream/multi-status.js';
import { toHref } from './multi-status-writer.js';

/** Three ids, and what RingCentral says of them. */
export const A = '9101';
export const B = '9202';
export const C = '9303';

export const UNCLEAR: ItemOutcome = { kind: 'unclear' };
export const DONE: ItemOutcome = { kind: 'done' };
export const record = (body: object) => ({ kind: 'record', body });
export const refusal = (status: number, body?: object) => ({ kind: 'refusal', status, body });

export const ok = (id: string) => ({ id, status: 200 });
export const missing = (id: string) => ({ id, status: 404 });

export const recordOf = (id: string) => ({ id, uri: toHref(id), label: `label of ${id}` });
export const errorOf = (id: string) => ({
  errorCode: 'CMN-102',
  message: `${id} is not found`,
  errors: [{ errorCode: 'CMN-102', message: `${id} is not found`, parameterName: 'blockedNumberId' }],
});

export const read = (
  method: BatchMethod,
  ids: readonly string[],
  answer: MultiAnswer,
  renamed: readonly string[] = [],
) => Object.fromEntries(readMultiStatus(answer, ids, method, new Set(renamed)));

/** An answer with a body as it is: text, or a value to write as JSON. */
export const plain = (value: unknown, status = 200, contentType = 'application/json'): MultiAnswer => ({
  status,
  contentType,
  body: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
});
