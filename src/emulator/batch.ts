import type { Answer } from './answer.js';
import type { BatchEdit } from './batch-faults.js';
import { readBatchBodies } from './batch-request.js';
import { duplicate, refuse } from './error-body.js';
import type { Incoming } from './incoming.js';
import type { Json } from './json.js';
import { toMultiStatus, writeMultiStatus, type Variant } from './multi-status.js';
import { accountUri, extensionUri, type Call, type Route } from './route.js';

/** How batches are taken and answered at the moment. */
export interface BatchManner {
  /** Ids in one request. */
  readonly limit: number;
  readonly variant: Variant;
  readonly edit: BatchEdit | undefined;
}

/** Each id by itself, in the path's order: 204 where all were deleted, else a 207. */
export function serveBatch(
  incoming: Incoming,
  route: Route,
  asked: Omit<Call, 'id' | 'body'>,
  ids: readonly string[],
  { limit, variant, edit }: BatchManner,
): Answer {
  if (ids.length > limit) return refuse(400, 'CMN-106', `Batch request is limited to ${limit} entries`);
  if (new Set(ids).size < ids.length) return duplicate('resourceId');
  const bodies = route.method === 'PUT' ? readPut(incoming, ids.length) : [];
  if ('status' in bodies) return bodies;
  const items = ids.map((id, index) => ({
    id,
    answer: route.answer({ ...asked, id, body: bodies[index] ?? {} }),
  }));
  if (route.method === 'DELETE' && items.every(({ answer }) => answer.status === 204)) return { status: 204 };
  const multi = toMultiStatus(items, variant);
  const owner = route.below === 'extension' ? extensionUri(asked) : accountUri(asked);
  const collection = `${owner}/${route.path.replace('/{ids}', '')}`;
  return writeMultiStatus(edit?.(multi) ?? multi, { collection, accept: incoming.accept, variant });
}

/** One body an id, in the path's order. */
function readPut({ query, contentType, body }: Incoming, count: number): readonly Json[] | Answer {
  if (query !== '') {
    const message = `URL should not contain query string when method is [PUT] and content type is [${contentType}]`;
    return refuse(400, 'CMN-105', message);
  }
  const bodies = readBatchBodies(contentType, body);
  return bodies?.length === count
    ? bodies
    : refuse(400, 'CMN-104', 'Unable to parse the parts of the request');
}
