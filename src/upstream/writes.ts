import { randomUUID } from 'node:crypto';
import { GatewayError, type MutationOutcome } from '../errors.js';
import { toChunks } from '../lib/chunk.js';
import type { ReadCache } from './cache.js';
import type { Answer, Call } from './client.js';
import { fetchRecords, READ_GROUP, type Fetching } from './fetch-records.js';
import type { JsonRecord } from './json.js';
import type { Locks } from './locks.js';
import { readMultiStatus, type ItemOutcome } from './multi-status.js';
import { readBody, toInvalidResponse, toUpstreamError, UpstreamError } from './refusal.js';
import type { UpstreamRequest } from './request.js';
import { ownerOf, toPath, type Owner, type Resource } from './resource.js';

/** What became of one written item. */
export type Written =
  /** `record` is what upstream answered; absent after a removal. */
  | { readonly ok: true; readonly record: JsonRecord | undefined }
  | { readonly ok: false; readonly error: GatewayError; readonly outcome: MutationOutcome };

/** The change of one record. */
export interface Change {
  readonly id: string;
  /** The whole body to PUT, made from what upstream holds now; `{}` where the family needs no read first. */
  toBody(current: JsonRecord): JsonRecord;
}

export interface Writes {
  create(
    request: UpstreamRequest,
    resource: Resource<'create'>,
    owner: Owner,
    body: JsonRecord,
  ): Promise<Written>;
  /** One outcome for each change, in order; the ids are distinct. */
  update(
    request: UpstreamRequest,
    resource: Resource<'get' | 'update'>,
    owner: Owner,
    changes: readonly Change[],
    options: { readFirst: boolean },
  ): Promise<readonly Written[]>;
  /** One outcome for each id, in order; the ids are distinct. */
  remove(
    request: UpstreamRequest,
    resource: Resource<'remove'>,
    owner: Owner,
    ids: readonly string[],
  ): Promise<readonly Written[]>;
}

export interface WritesOptions extends Fetching {
  readonly cache: ReadCache;
  readonly locks: Locks;
}

/** The documented group of every write. */
const WRITE_GROUP = 'medium';

export function createWrites(options: WritesOptions): Writes {
  const { client, budget, limits, maxWaitMs, cache, locks } = options;

  async function reserve(request: UpstreamRequest, operation: string, group: string, waitMs = 0) {
    const reservation = await budget.reserve(request.caller.key, operation, group, { maxWaitMs: waitMs });
    request.waited(reservation.waitedMs);
    return reservation;
  }

  /** Sends one write. Reads that were asked for before its answer are old from its leaving on, whatever it says. */
  async function send(
    request: UpstreamRequest,
    domain: string,
    call: Omit<Call, 'effect' | 'group'>,
  ): Promise<Answer> {
    request.beginWrite();
    const reservation = await reserve(request, call.operation, WRITE_GROUP);
    try {
      return await client.send(
        { ...call, effect: 'write', group: WRITE_GROUP },
        {
          ...request.sender(),
          reservation,
          onSend: () => {
            request.stats.calls += 1;
            request.caller.renew(domain);
          },
        },
      );
    } finally {
      request.caller.renew(domain);
      await cache.renew(request.caller, domain);
    }
  }

  /** Writes many items by as few calls as upstream's limit allows. Each item has an outcome of its own. */
  async function sendBatch<T extends Item>(
    request: UpstreamRequest,
    resource: Resource<never>,
    owner: Owner,
    batch: Batch<T>,
    cut = false,
  ): Promise<ReadonlyMap<string, Written>> {
    const ids = batch.items.map(({ id }) => id);
    const { operation } = batch;
    let answer: Answer;
    try {
      const path = toPath(resource.path(owner), ids);
      answer = await send(request, resource.domain, {
        operation,
        method: batch.method,
        path,
        ids: ids.length,
        accept: ids.length === 1 ? 'application/json' : 'application/json, multipart/mixed',
        ...batch.content?.(batch.items),
      });
    } catch (error) {
      const failed = toFailed(error);
      return new Map(ids.map((id) => [id, failed]));
    }
    const limit = cut ? undefined : limits.learn(operation, answer, ids.length);
    if (limit !== undefined) {
      const parts = toChunks(batch.items, limit).map((items) =>
        sendBatch(request, resource, owner, { ...batch, items }, true),
      );
      return new Map((await Promise.all(parts)).flatMap((part) => [...part]));
    }
    if (answer.status < 200 || answer.status > 299) {
      const failed = toFailed(toUpstreamError(answer, readBody(answer.body)));
      return new Map(ids.map((id) => [id, failed]));
    }
    const renamed = new Set(batch.items.filter(({ mayRename }) => mayRename).map(({ id }) => id));
    const items = readMultiStatus(answer, ids, batch.method, renamed);
    return new Map([...items].map(([id, item]) => [id, toWritten(item, answer)]));
  }

  const chunkSize = (resource: Resource<never>, operation: string) =>
    resource.batch ? limits.of(operation) : 1;

  return {
    async create(request, resource, owner, body) {
      try {
        const answer = await send(request, resource.domain, {
          operation: resource.operations.create,
          method: 'POST',
          path: toPath(resource.path(owner)),
          contentType: 'application/json',
          body: JSON.stringify(body),
          ids: 0,
        });
        if (answer.status < 200 || answer.status > 299) {
          throw toUpstreamError(answer, readBody(answer.body));
        }
        const [record] = readMultiStatus(answer, [NEW], 'PUT', new Set([NEW])).values();
        if (record?.kind === 'record') request.caller.learn(owner, ownerOf(record.body['uri']));
        return toWritten(record ?? { kind: 'unclear' }, answer);
      } catch (error) {
        return toFailed(error);
      }
    },

    async update(request, resource, owner, changes, { readFirst }) {
      const { accountId, extensionId = '' } = owner;
      const chunks = toChunks(changes, chunkSize(resource, resource.operations.update));
      const written = chunks.map((chunk) => {
        // Two families may write the same record, so the key is the domain's and not the collection's.
        const keys = chunk.map(({ id }) => [resource.domain, accountId, extensionId, id].join('/'));
        return locks.run(keys, () => updateChunk(request, resource, owner, chunk, readFirst));
      });
      return (await Promise.all(written)).flat();
    },

    async remove(request, resource, owner, ids) {
      const operation = resource.operations.remove;
      const chunks = toChunks(ids, chunkSize(resource, operation));
      const written = chunks.map(async (chunk) => {
        const items = chunk.map((id) => ({ id }));
        const outcomes = await sendBatch(request, resource, owner, { operation, method: 'DELETE', items });
        return chunk.map((id) => outcomes.get(id) ?? LOST);
      });
      return (await Promise.all(written)).flat();
    },
  };

  async function updateChunk(
    request: UpstreamRequest,
    resource: Resource<'get' | 'update'>,
    owner: Owner,
    chunk: readonly Change[],
    readFirst: boolean,
  ): Promise<readonly Written[]> {
    const failed = new Map<string, Written>();
    const bodies: Replacement[] = [];
    const current = readFirst ? await readNow(request, resource, owner, chunk) : undefined;
    for (const { id, toBody } of chunk) {
      const held = current === undefined ? { value: {} } : current.get(id);
      if (held === undefined || 'error' in held) {
        // What failed was the read, so the write was never sent.
        failed.set(id, { ok: false, error: held?.error ?? LOST.error, outcome: 'NOT_APPLIED' });
        continue;
      }
      const before = held.value as JsonRecord;
      const body = toBody(before);
      bodies.push({ id, body, mayRename: readFirst && changesNumber(before, body) });
    }
    if (bodies.length === 0) return chunk.map(({ id }) => failed.get(id) ?? LOST);
    const written = await sendBatch(request, resource, owner, {
      operation: resource.operations.update,
      method: 'PUT',
      items: bodies,
      content: toContent,
    });
    return chunk.map(({ id }) => failed.get(id) ?? written.get(id) ?? LOST);
  }

  /** What upstream holds now: a read begun for this write, from no cache and shared with nobody. */
  async function readNow(
    request: UpstreamRequest,
    resource: Resource,
    owner: Owner,
    chunk: readonly Change[],
  ) {
    const parts = toChunks(
      chunk.map(({ id }) => id),
      chunkSize(resource, resource.operations.get),
    ).map(async (ids) => {
      try {
        const reservation = await reserve(request, resource.operations.get, READ_GROUP, maxWaitMs);
        const fetch = { resource, owner, ids, sender: { ...request.sender(), reservation } };
        return [...(await fetchRecords(options, fetch)).outcomes];
      } catch (error) {
        return ids.map((id) => [id, { error: toFailed(error).error }] as const);
      }
    });
    return new Map((await Promise.all(parts)).flat());
  }
}

interface Item {
  readonly id: string;
  /** Whether the answer may give its record another id. */
  readonly mayRename?: boolean;
}

interface Replacement extends Item {
  readonly body: JsonRecord;
}

/** Stands for the id of a record that has none yet. */
const NEW = 'new';

/** A blocked number's id is made of the number itself. */
const changesNumber = (before: JsonRecord, after: JsonRecord) =>
  (before['phoneNumber'] ?? undefined) !== after['phoneNumber'];

interface Batch<T> {
  readonly operation: string;
  readonly method: 'PUT' | 'DELETE';
  readonly items: readonly T[];
  readonly content?: (items: readonly T[]) => { contentType: string; body: string };
}

/** One record as plain JSON; several as multipart/mixed, one part each in the path's order. */
function toContent(items: readonly { readonly body: JsonRecord }[]): { contentType: string; body: string } {
  const [first] = items;
  if (items.length === 1 && first !== undefined) {
    return { contentType: 'application/json', body: JSON.stringify(first.body) };
  }
  const boundary = `Boundary_${randomUUID()}`;
  const parts = items.map(
    ({ body }) => `--${boundary}\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}\r\n`,
  );
  return {
    contentType: `multipart/mixed; boundary=${boundary}`,
    body: `${parts.join('')}--${boundary}--\r\n`,
  };
}

function toWritten(item: ItemOutcome, answer: Answer): Written {
  if (item.kind === 'done') return { ok: true, record: undefined };
  if (item.kind === 'record') return { ok: true, record: item.body };
  if (item.kind === 'refusal') {
    return toFailed(toUpstreamError({ status: item.status, requestId: answer.requestId }, item.body));
  }
  return toFailed(toInvalidResponse(answer));
}

type Failed = Extract<Written, { ok: false }>;

/** Only upstream's failures can leave a write uncertain; all else stopped it before it left. */
function toFailed(error: unknown): Failed {
  if (error instanceof UpstreamError) return { ok: false, error, outcome: error.outcome };
  if (error instanceof GatewayError) return { ok: false, error, outcome: 'NOT_APPLIED' };
  throw error;
}

const LOST: Failed = {
  ok: false,
  error: new GatewayError('The outcome is not known.', { code: 'INTERNAL_SERVER_ERROR' }),
  outcome: 'UNKNOWN',
};
