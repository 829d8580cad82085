import { GatewayError } from '../errors.js';
import type { CacheView, Outcome } from './cache.js';
import { READ_GROUP } from './fetch-records.js';
import { isRecord, type JsonRecord } from './json.js';
import { dropReads, fromCache, isRefusedCredential, keep, outcomeOf } from './kept-reads.js';
import type { ReadScope, ReadScopes } from './read-scope.js';
import type { ReadsOptions } from './reads.js';
import { readBody, toInvalidResponse, toUpstreamError } from './refusal.js';
import type { UpstreamRequest } from './request.js';
import { ownerOfList, type Owner } from './resource.js';
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
  /** Whether an answer holds what was asked for: any other is given to who asked, and not kept. */
  isWhole(json: JsonRecord): boolean;
}

/** Lists and parses: from the cache, with an identical one under way, or by a call of their own. */
export function createWholeReads(options: ReadsOptions, scopeOf: ReadScopes) {
  const { client, budget, cache, clock, windowMs, maxWaitMs } = options;

  return async function read(request: UpstreamRequest, what: WholeRead): Promise<JsonRecord> {
    request.throwIfGone();
    const { caller } = request;
    const key = keyOf(what, what.owner);
    const opening = cache.open(caller, what.domain, [key]);
    const view = opening instanceof Promise ? await opening : opening;
    request.throwIfGone();
    const [entry] = view.entries;
    const cached = fromCache(request, entry, () => budget.isFrozen(caller.key, what.operation, READ_GROUP));
    if (cached !== undefined) return unwrap(cached);
    const scope = scopeOf(request, caller.generation(what.domain));
    let read = scope.underWay.get(key);
    const begins = read === undefined;
    read ??= new SharedRead({
      opener: request,
      byId: false,
      onUnwanted: () => scope.underWay.delete(key),
    });
    const waiting = request.wait([read], clock.now());
    if (begins) {
      scope.underWay.set(key, read);
      void run(what, read, { key, scope, view });
    }
    await waiting;
    return unwrap(outcomeOf(request, read, entry));
  };

  async function run(
    what: WholeRead,
    read: SharedRead,
    at: { key: string; scope: ReadScope; view: CacheView },
  ) {
    const { caller } = read.opener;
    const began = clock.now();
    const { outcome, bytes } = await fetchWhole(what, read);
    const forget = () => {
      if (at.scope.underWay.get(at.key) === read) at.scope.underWay.delete(at.key);
    };
    // Identical reads of one page arrive within the window of each other; an answer may be quicker than that.
    const remainingMs = 'value' in outcome ? began + windowMs - clock.now() : 0;
    if (windowMs > 0 && remainingMs > 0) clock.after(remainingMs, forget);
    else forget();
    read.settle(outcome);
    if ('value' in outcome && !caller.knows(what.owner)) {
      caller.learn(what.owner, ownerOfList(outcome.value as JsonRecord));
    }
    const key = keyOf(what, caller.canonical(what.owner));
    keep(at.view, { key, outcome, bytes, isWhole: what.isWhole });
    if (isRefusedCredential(outcome)) dropReads(cache, caller);
  }

  async function fetchWhole(what: WholeRead, read: SharedRead): Promise<{ outcome: Outcome; bytes: number }> {
    const { operation, method, body } = what;
    const call = new SharedCall([read]);
    const { credential, id: requestId, caller } = call.opener;
    const { signal, onSend, onUnsent } = call;
    try {
      const reservation = await budget
        .reserve(caller.key, operation, READ_GROUP, { maxWaitMs, signal })
        .finally(() => {
          read.waited(clock.now());
        });
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
        { credential, requestId, signal, reservation, onSend, onUnsent },
      );
      if (answer.status < 200 || answer.status > 299) throw toUpstreamError(answer, readBody(answer.body));
      const json = readBody(answer.body);
      if (!isRecord(json)) throw toInvalidResponse(answer);
      return { outcome: { value: json }, bytes: answer.body.length };
    } catch (error) {
      if (error instanceof GatewayError) return { outcome: { error }, bytes: 0 };
      const cause = { cause: error };
      return {
        outcome: {
          error: new GatewayError('The read was not finished.', { code: 'INTERNAL_SERVER_ERROR' }, cause),
        },
        bytes: 0,
      };
    }
  }
}

function unwrap(outcome: Outcome): JsonRecord {
  if ('error' in outcome) throw outcome.error;
  return outcome.value as JsonRecord;
}

const keyOf = (what: WholeRead, owner: Owner) => `${what.method} ${what.path(owner)} ${what.body ?? ''}`;
