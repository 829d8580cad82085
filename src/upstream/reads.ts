import { GatewayError } from '../errors.js';
import type { Clock } from '../lib/clock.js';
import { getOrAdd } from '../lib/get-or-add.js';
import type { CacheEntry, CacheView, Outcome, ReadCache } from './cache.js';
import type { Caller } from './callers.js';
import { fetchRecords, READ_GROUP, type Fetching } from './fetch-records.js';
import { Fold, type LookUp } from './fold.js';
import { isRecord, type JsonRecord } from './json.js';
import { createReadScopes, type ReadScope } from './read-scope.js';
import { readBody, toInvalidResponse, toUpstreamError } from './refusal.js';
import type { UpstreamRequest } from './request.js';
import { ownerOf, ownerOfExtension, placeOf, toPath, type Owner, type Resource } from './resource.js';
import { SharedCall, SharedRead } from './shared-read.js';

/** A read that is kept by its URL and body: a list, or a parse. */
export interface WholeRead {
  readonly domain: string;
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  readonly owner: Owner;
  /** Encoded; called again once the answer has shown what `~` is. */
  path(owner: Owner): string;
  /** JSON text. */
  readonly body?: string;
}

export interface Reads {
  /** One record or error for each id, in the order asked; the ids are distinct. */
  lookUp(
    request: UpstreamRequest,
    resource: Resource,
    owner: Owner,
    ids: readonly string[],
  ): Promise<readonly (JsonRecord | GatewayError)[]>;
  /** The answer's JSON object. @throws GatewayError */
  read(request: UpstreamRequest, what: WholeRead): Promise<JsonRecord>;
}

export interface ReadsOptions extends Fetching {
  readonly cache: ReadCache;
  readonly clock: Clock;
  readonly windowMs: number;
  /** How long a read may wait for budget. */
  readonly maxWaitMs: number;
}

export function createReads(options: ReadsOptions): Reads {
  const { client, budget, cache, limits, clock, windowMs, maxWaitMs } = options;
  const scopeOf = createReadScopes(windowMs);

  return {
    async lookUp(request, resource, owner, ids) {
      const { caller } = request;
      const keys = ids.map((id) => keyOf(resource, owner, id));
      const opening = cache.open(caller, resource.domain, keys);
      const view = opening instanceof Promise ? await opening : opening;
      const frozen = () => budget.isFrozen(caller.key, resource.operations.get, READ_GROUP);
      const scope = scopeOf(request, caller.generation(resource.domain));
      const added: LookUp[] = [];
      const waiting = ids.map((id, index) => {
        const entry = view.entries[index];
        const key = keys[index] ?? '';
        const cached = fromCache(request, entry, frozen);
        if (cached !== undefined) return cached;
        let read = scope.underWay.get(key);
        if (read === undefined) {
          read = new SharedRead({
            opener: request,
            byId: true,
            onUnwanted: () => {
              drop(lookUp);
            },
          });
          const lookUp: LookUp = { id, key, read, since: clock.now(), view };
          const drop = (unwanted: LookUp) => {
            scope.underWay.delete(key);
            scope.folds.get(toPath(resource.path(owner)))?.remove(unwanted);
          };
          scope.underWay.set(key, read);
          added.push(lookUp);
        }
        return settle(request, read, entry);
      });
      if (added.length > 0) foldOf(scope, caller, resource, owner).add(added);
      const outcomes = await Promise.all(waiting);
      return outcomes.map((outcome) => ('value' in outcome ? (outcome.value as JsonRecord) : outcome.error));
    },

    async read(request, what) {
      const { caller } = request;
      const key = wholeKey(what, what.owner);
      const opening = cache.open(caller, what.domain, [key]);
      const view = opening instanceof Promise ? await opening : opening;
      const [entry] = view.entries;
      const cached = fromCache(request, entry, () => budget.isFrozen(caller.key, what.operation, READ_GROUP));
      if (cached !== undefined) return unwrap(cached);
      const scope = scopeOf(request, caller.generation(what.domain));
      const underWay = scope.underWay.get(key);
      if (underWay !== undefined) return unwrap(await settle(request, underWay, entry));
      const read = new SharedRead({
        opener: request,
        byId: false,
        onUnwanted: () => scope.underWay.delete(key),
      });
      scope.underWay.set(key, read);
      const waiting = settle(request, read, entry);
      void fetchWhole(what, read, key, scope, view);
      return unwrap(await waiting);
    },
  };

  function foldOf(scope: ReadScope, caller: Caller, resource: Resource, owner: Owner): Fold {
    const collection = toPath(resource.path(owner));
    return getOrAdd(scope.folds, collection, () => {
      const fold: Fold = new Fold({
        clock,
        windowMs: resource.batch ? windowMs : 0,
        maxIds: () => (resource.batch ? limits.of(resource.operations.get) : 1),
        reserve: () => budget.reserve(caller.key, resource.operations.get, READ_GROUP, { maxWaitMs }),
        reject: (lookUps, error) => {
          for (const { key, read } of lookUps) {
            scope.underWay.delete(key);
            read.reject(error);
          }
        },
        send: (chunk, reservation) => {
          const call = new SharedCall(chunk.map(({ read }) => read));
          const { credential, id: requestId } = call.opener;
          const sender = { credential, requestId, signal: call.signal, reservation, onSend: call.onSend };
          const ids = chunk.map(({ id }) => id);
          void fetchRecords({ client, budget, limits }, { resource, owner, ids, sender }).then(
            ({ outcomes, bytesPerId }) => {
              for (const lookUp of chunk) {
                const { key, read, view } = lookUp;
                if (scope.underWay.get(key) === read) scope.underWay.delete(key);
                const outcome = outcomes.get(lookUp.id);
                if (outcome === undefined) continue;
                learnFrom(caller, resource, owner, lookUp.id, outcome);
                const now = caller.locate(resource, owner, lookUp.id);
                keep(caller, view, keyOf(resource, now.owner, now.id), outcome, bytesPerId);
                if ('value' in outcome) read.resolve(outcome.value as JsonRecord);
                else read.reject(outcome.error);
              }
            },
          );
          if (fold.idle) scope.folds.delete(collection);
        },
      });
      return fold;
    });
  }

  async function fetchWhole(
    what: WholeRead,
    read: SharedRead,
    key: string,
    scope: ReadScope,
    view: CacheView,
  ): Promise<void> {
    const { credential, id: requestId, caller } = read.opener;
    const began = clock.now();
    const forget = () => {
      if (scope.underWay.get(key) === read) scope.underWay.delete(key);
    };
    const call = new SharedCall([read]);
    try {
      const { operation, method, body } = what;
      const reservation = await budget.reserve(caller.key, operation, READ_GROUP, {
        maxWaitMs,
        signal: call.signal,
      });
      read.waited(clock.now() - began);
      const sender = { credential, requestId, signal: call.signal, reservation, onSend: call.onSend };
      const answer = await client.send(
        {
          operation,
          group: READ_GROUP,
          method,
          effect: 'read',
          path: what.path(what.owner),
          ids: 0,
          ...(body !== undefined && { body, contentType: 'application/json' }),
        },
        sender,
      );
      if (answer.status < 200 || answer.status > 299) throw toUpstreamError(answer, readBody(answer.body));
      const json = readBody(answer.body);
      if (!isRecord(json)) throw toInvalidResponse(answer);
      caller.learn(what.owner, ownerOf(json['uri']));
      keep(caller, view, wholeKey(what, caller.canonical(what.owner)), { value: json }, answer.body.length);
      read.resolve(json);
      // Identical reads of one page arrive within the window of each other; an answer may be quicker than that.
      const remainingMs = began + windowMs - clock.now();
      if (windowMs > 0 && remainingMs > 0) clock.after(remainingMs, forget);
      else forget();
    } catch (error) {
      forget();
      if (error instanceof GatewayError)
        keep(caller, view, wholeKey(what, caller.canonical(what.owner)), { error }, 0);
      read.reject(error);
    }
  }

  function forgetAll(caller: Caller): void {
    for (const domain of caller.readDomains) {
      caller.renew(domain);
      void cache.renew(caller, domain);
    }
  }

  /** Keeps what is certain: records, and that there is none. A refused credential ends all that was read with it. */
  function keep(caller: Caller, view: CacheView, key: string, outcome: Outcome, bytes: number): void {
    if ('value' in outcome || outcome.error.code === 'NOT_FOUND') view.store(key, outcome, bytes);
    else if (outcome.error.code === 'UNAUTHENTICATED') forgetAll(caller);
  }
}

/** What the cache may answer: a fresh entry always, a stale one while nothing may be sent. */
function fromCache(
  request: UpstreamRequest,
  entry: CacheEntry | undefined,
  frozen: () => boolean,
): Outcome | undefined {
  if (entry === undefined || (!entry.fresh && !frozen())) return undefined;
  request.stats.cacheHits += 1;
  if (!entry.fresh) request.stats.stale += 1;
  return entry.outcome;
}

/** Waits for a read; where the budget refuses it, a stale entry is better than nothing. */
async function settle(
  request: UpstreamRequest,
  read: SharedRead,
  entry: CacheEntry | undefined,
): Promise<Outcome> {
  try {
    return { value: await request.wait(read) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return (error.code === 'RATE_LIMITED' && fromCache(request, entry, () => true)) || { error };
  }
}

function unwrap(outcome: Outcome): JsonRecord {
  if ('error' in outcome) throw outcome.error;
  return outcome.value as JsonRecord;
}

const keyOf = (resource: Resource, owner: Owner, id: string) => toPath(resource.path(owner), [id]);

const wholeKey = (what: WholeRead, owner: Owner) => `${what.method} ${what.path(owner)} ${what.body ?? ''}`;

function learnFrom(caller: Caller, resource: Resource, owner: Owner, id: string, outcome: Outcome): void {
  if (!('value' in outcome)) return;
  const json = outcome.value as JsonRecord;
  const real = resource.identifiesOwner === true ? ownerOfExtension(json) : ownerOf(json['uri']);
  caller.learn(placeOf(resource, owner, id), real);
}
