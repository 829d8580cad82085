import { GatewayError } from '../errors.js';
import { toChunks } from '../lib/chunk.js';
import type { BatchLimits } from './batch-limits.js';
import type { Outcome } from './cache.js';
import type { Answer, Sender, UpstreamClient } from './client.js';
import { readMultiStatus } from './multi-status.js';
import type { Budget } from './rate-limit.js';
import { readBody, toInvalidResponse, toUpstreamError } from './refusal.js';
import { toPath, type Owner, type Resource } from './resource.js';

export interface Fetching {
  readonly client: UpstreamClient;
  readonly budget: Budget;
  readonly limits: BatchLimits;
  /** How long a read may wait for budget. */
  readonly maxWaitMs: number;
}

export interface Fetch {
  readonly resource: Resource;
  readonly owner: Owner;
  /** Distinct. */
  readonly ids: readonly string[];
  readonly sender: RecordSender;
}

/** Told which ids each request carries, where these are not all. */
interface RecordSender extends Sender {
  onSend?(ids?: readonly string[]): void;
  onUnsent?(ids?: readonly string[]): void;
}

export interface Fetched {
  readonly outcomes: ReadonlyMap<string, Outcome>;
  /** About how large one record was on the wire. */
  readonly bytesPerId: number;
}

/** The documented group of every read by id. */
export const READ_GROUP = 'light';

/** Reads records by id in one call. Each id has an outcome of its own; it never rejects. */
export async function fetchRecords(fetching: Fetching, fetch: Fetch): Promise<Fetched> {
  const { ids, resource, sender } = fetch;
  const operation = resource.operations.get;
  let answer: Answer;
  try {
    answer = await send(fetching, fetch);
    const limit = fetching.limits.learn(operation, answer, ids.length);
    if (limit !== undefined) {
      const parts = toChunks(ids, limit).map((part) => again(fetching, { ...fetch, ids: part }));
      return merge(await Promise.all(parts));
    }
  } catch (error) {
    return { outcomes: all(ids, toError(error)), bytesPerId: 0 };
  }
  return toFetched(answer, ids);

  /** Cuts once: a part that is refused for its size fails. */
  async function again(deps: Fetching, part: Fetch): Promise<Fetched> {
    try {
      const reservation = await deps.budget.reserve(sender.credential.caller, operation, READ_GROUP, {
        maxWaitMs: deps.maxWaitMs,
        ...(sender.signal && { signal: sender.signal }),
      });
      const partSender = {
        ...sender,
        reservation,
        onSend: () => sender.onSend?.(part.ids),
        onUnsent: () => sender.onUnsent?.(part.ids),
      };
      return toFetched(await send(deps, { ...part, sender: partSender }), part.ids);
    } catch (error) {
      return { outcomes: all(part.ids, toError(error)), bytesPerId: 0 };
    }
  }
}

function send({ client }: Fetching, { resource, owner, ids, sender }: Fetch): Promise<Answer> {
  const call = {
    operation: resource.operations.get,
    group: READ_GROUP,
    method: 'GET',
    effect: 'read',
    path: toPath(resource.path(owner), ids),
    // Without the second type upstream still answers a batch as multipart/mixed; naming it says that we read it.
    accept: ids.length === 1 ? 'application/json' : 'application/json, multipart/mixed',
    ids: ids.length,
  } as const;
  return client.send(call, sender);
}

function toFetched(answer: Answer, ids: readonly string[]): Fetched {
  const bytesPerId = answer.body.length / ids.length;
  if (answer.status < 200 || answer.status > 299) {
    return { outcomes: all(ids, toUpstreamError(answer, readBody(answer.body))), bytesPerId };
  }
  const outcomes = new Map<string, Outcome>();
  for (const [id, item] of readMultiStatus(answer, ids, 'GET')) {
    if (item.kind === 'record') outcomes.set(id, { value: item.body });
    else if (item.kind === 'refusal') {
      const head = { status: item.status, requestId: answer.requestId };
      outcomes.set(id, { error: toUpstreamError(head, item.body) });
    } else outcomes.set(id, { error: toInvalidResponse(answer) });
  }
  return { outcomes, bytesPerId };
}

const all = (ids: readonly string[], error: GatewayError) =>
  new Map<string, Outcome>(ids.map((id) => [id, { error }]));

function merge(parts: readonly Fetched[]): Fetched {
  return {
    outcomes: new Map(parts.flatMap(({ outcomes }) => [...outcomes])),
    bytesPerId: Math.max(0, ...parts.map(({ bytesPerId }) => bytesPerId)),
  };
}

/** What is thrown is ours, or the reason of an abort that nobody waits for. */
function toError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError('The read was not finished.', { code: 'INTERNAL_SERVER_ERROR' }, { cause: error });
}
