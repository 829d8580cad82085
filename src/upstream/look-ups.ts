import { GatewayError } from '../errors.js';
import { getOrAdd } from '../lib/get-or-add.js';
import type { Outcome } from './cache.js';
import type { Caller } from './callers.js';
import { fetchRecords, READ_GROUP } from './fetch-records.js';
import { Fold, type LookUp } from './fold.js';
import type { JsonRecord } from './json.js';
import { finish, fromCache, keep, settle } from './kept-reads.js';
import type { ReadScope, ReadScopes } from './read-scope.js';
import type { ReadsOptions } from './reads.js';
import type { Reservation } from './rate-limit.js';
import type { UpstreamRequest } from './request.js';
import { ownerOf, ownerOfExtension, placeOf, toPath, type Owner, type Resource } from './resource.js';
import { SharedCall, SharedRead } from './shared-read.js';

/** Ids of one collection that one caller asks for. */
interface Collection {
  readonly caller: Caller;
  readonly resource: Resource;
  readonly owner: Owner;
  readonly path: string;
  readonly scope: ReadScope;
}

/** Reads by id: from the cache, with what is under way, or folded with whatever else of the caller waits. */
export function createLookUps(options: ReadsOptions, scopeOf: ReadScopes) {
  const { budget, cache, limits, clock, windowMs, maxWaitMs } = options;

  return async function lookUp(
    request: UpstreamRequest,
    resource: Resource,
    owner: Owner,
    ids: readonly string[],
  ): Promise<readonly (JsonRecord | GatewayError)[]> {
    const { caller } = request;
    const { domain, operations } = resource;
    const keys = ids.map((id) => keyOf(resource, owner, id));
    const opening = cache.open(caller, domain, keys);
    const view = opening instanceof Promise ? await opening : opening;
    const isFrozen = () => budget.isFrozen(caller.key, operations.get, READ_GROUP);
    const scope = scopeOf(request, caller.generation(domain));
    const collection: Collection = { caller, resource, owner, path: toPath(resource.path(owner)), scope };
    const added: LookUp[] = [];
    const waiting = keys.map((key, index) => {
      const entry = view.entries[index];
      const cached = fromCache(request, entry, isFrozen);
      if (cached !== undefined) return cached;
      const read = getOrAdd(scope.underWay, key, () => {
        const fresh = new SharedRead({
          opener: request,
          byId: true,
          onUnwanted: () => {
            scope.underWay.delete(key);
            scope.folds.get(collection.path)?.remove(fresh);
          },
        });
        added.push({ id: ids[index] ?? '', key, read: fresh, since: clock.now(), view });
        return fresh;
      });
      return settle(request, read, entry);
    });
    if (added.length > 0) foldOf(collection).add(added);
    const outcomes = await Promise.all(waiting);
    return outcomes.map((outcome) => ('value' in outcome ? (outcome.value as JsonRecord) : outcome.error));
  };

  function foldOf(collection: Collection): Fold {
    const { caller, resource, path, scope } = collection;
    const operation = resource.operations.get;
    return getOrAdd(scope.folds, path, () => {
      const fold: Fold = new Fold({
        clock,
        windowMs: resource.batch ? windowMs : 0,
        maxIds: () => (resource.batch ? limits.of(operation) : 1),
        reserve: () => budget.reserve(caller.key, operation, READ_GROUP, { maxWaitMs }),
        reject: (lookUps, error) => {
          for (const { key, read } of lookUps) {
            forget(scope, key, read);
            read.reject(error);
          }
        },
        send: (chunk, reservation) => {
          void sendChunk(collection, chunk, reservation);
          if (fold.idle) scope.folds.delete(path);
        },
      });
      return fold;
    });
  }

  async function sendChunk(
    collection: Collection,
    chunk: readonly LookUp[],
    reservation: Reservation,
  ): Promise<void> {
    const { caller, resource, owner, scope } = collection;
    const call = new SharedCall(chunk.map(({ read }) => read));
    const { credential, id: requestId } = call.opener;
    const sender = { credential, requestId, signal: call.signal, reservation, onSend: call.onSend };
    const ids = chunk.map(({ id }) => id);
    const { outcomes, bytesPerId } = await fetchRecords(options, { resource, owner, ids, sender });
    for (const { id, key, read } of chunk) {
      const outcome = outcomes.get(id) ?? { error: LOST };
      forget(scope, key, read);
      finish(read, outcome);
      learnFrom(caller, resource, owner, id, outcome);
    }
    for (const { id, view } of chunk) {
      const outcome = outcomes.get(id) ?? { error: LOST };
      // Once `~` is known, what was asked for as `~` is found by the real ids.
      const now = caller.locate(resource, owner, id);
      keep(cache, caller, view, { key: keyOf(resource, now.owner, now.id), outcome, bytes: bytesPerId });
    }
  }
}

const LOST = new GatewayError('The look-up has no outcome.', { code: 'INTERNAL_SERVER_ERROR' });

const keyOf = (resource: Resource, owner: Owner, id: string) => toPath(resource.path(owner), [id]);

function forget({ underWay }: ReadScope, key: string, read: SharedRead): void {
  if (underWay.get(key) === read) underWay.delete(key);
}

function learnFrom(caller: Caller, resource: Resource, owner: Owner, id: string, outcome: Outcome): void {
  if (!('value' in outcome)) return;
  const json = outcome.value as JsonRecord;
  const real = resource.identifiesOwner === true ? ownerOfExtension(json) : ownerOf(json['uri']);
  caller.learn(placeOf(resource, owner, id), real);
}
