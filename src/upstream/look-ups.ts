import { GatewayError } from '../errors.js';
import { getOrAdd } from '../lib/get-or-add.js';
import type { Outcome } from './cache.js';
import type { Caller } from './callers.js';
import { fetchRecords, READ_GROUP } from './fetch-records.js';
import { Fold, type LookUp } from './fold.js';
import type { JsonRecord } from './json.js';
import { dropReads, fromCache, isRefusedCredential, keep, outcomeOf } from './kept-reads.js';
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
    request.throwIfGone();
    const { caller } = request;
    const { domain, operations } = resource;
    const path = toPath(resource.path(owner));
    const keys = ids.map((id) => keyOf(path, id));
    const opening = cache.open(caller, domain, keys);
    const view = opening instanceof Promise ? await opening : opening;
    request.throwIfGone();
    const isFrozen = () => budget.isFrozen(caller.key, operations.get, READ_GROUP);
    const scope = scopeOf(request, caller.generation(domain));
    const now = clock.now();
    const added: LookUp[] = [];
    const found = ids.map((id, index) => {
      const cached = fromCache(request, view.entries[index], isFrozen);
      return cached ?? join(id, keys[index] ?? '');
    });
    const waiting = request.wait(
      found.filter((read) => read instanceof SharedRead),
      now,
    );
    if (added.length > 0) foldOf({ caller, resource, owner, path, scope }).add(added);
    await waiting;
    return found.map((read, index) => {
      const outcome = read instanceof SharedRead ? outcomeOf(request, read, view.entries[index]) : read;
      return 'value' in outcome ? (outcome.value as JsonRecord) : outcome.error;
    });

    /** The read of this id that is under way, else a new one. */
    function join(id: string, key: string): SharedRead {
      const underWay = scope.underWay.get(key);
      if (underWay !== undefined) return underWay;
      const read = new SharedRead({
        opener: request,
        byId: true,
        onUnwanted: () => {
          scope.underWay.delete(key);
          scope.folds.get(path)?.remove(read);
        },
      });
      scope.underWay.set(key, read);
      added.push({ id, key, read, since: now, view });
      return read;
    }
  };

  function foldOf(collection: Collection): Fold {
    const { caller, resource, path, scope } = collection;
    const operation = resource.operations.get;
    return getOrAdd(scope.folds, path, () => {
      const fold: Fold = new Fold({
        clock,
        windowMs: resource.batch ? windowMs : 0,
        maxIds: () => (resource.batch ? limits.of(operation) : 1),
        reserve: (since) => {
          const leftMs = Math.max(0, since + maxWaitMs - clock.now());
          return budget.reserve(caller.key, operation, READ_GROUP, { maxWaitMs: leftMs });
        },
        reject: (lookUps, error) => {
          const now = clock.now();
          for (const { key, read } of lookUps) {
            forget(scope, key, read);
            read.waited(now);
            read.settle({ error: toGatewayError(error) });
          }
        },
        send: (chunk, reservation) => void sendChunk(collection, chunk, reservation),
        onIdle: () => {
          if (scope.folds.get(path) === fold) scope.folds.delete(path);
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
    const ids = chunk.map(({ id }) => id);
    const call = new SharedCall(
      chunk.map(({ read }) => read),
      ids,
    );
    const { credential, id: requestId } = call.opener;
    const { signal, onSend, onUnsent } = call;
    const sender = { credential, requestId, signal, reservation, onSend, onUnsent };
    const { outcomes, bytesPerId } = await fetchRecords(options, { resource, owner, ids, sender });
    for (const { id, key, read } of chunk) {
      const outcome = outcomes.get(id) ?? { error: LOST };
      forget(scope, key, read);
      learnFrom(caller, resource, owner, id, outcome);
      read.settle(outcome);
    }
    for (const { id, key, view } of chunk) {
      const outcome = outcomes.get(id) ?? { error: LOST };
      // Once `~` is known, what was asked for as `~` is found by the real ids.
      const now = caller.locate(resource, owner, id);
      const moved = now.owner !== owner || now.id !== id;
      const realKey = moved ? keyOf(toPath(resource.path(now.owner)), now.id) : key;
      keep(view, { key: realKey, outcome, bytes: bytesPerId, isWhole: hasId });
    }
    if ([...outcomes.values()].some(isRefusedCredential)) dropReads(cache, caller);
  }
}

const LOST = new GatewayError('The look-up has no outcome.', { code: 'INTERNAL_SERVER_ERROR' });

/** What is thrown is ours, or a fault of our own. */
const toGatewayError = (error: unknown): GatewayError => (error instanceof GatewayError ? error : LOST);

const hasId = ({ id }: JsonRecord) => typeof id === 'string' || typeof id === 'number';

/** An id holds no slash. */
const keyOf = (path: string, id: string) => `${path}/${id}`;

function forget({ underWay }: ReadScope, key: string, read: SharedRead): void {
  if (underWay.get(key) === read) underWay.delete(key);
}

function learnFrom(caller: Caller, resource: Resource, owner: Owner, id: string, outcome: Outcome): void {
  const place = placeOf(resource, owner, id);
  if (!('value' in outcome) || caller.knows(place)) return;
  const json = outcome.value as JsonRecord;
  caller.learn(place, resource.identifiesOwner === true ? ownerOfExtension(json) : ownerOf(json['uri']));
}
