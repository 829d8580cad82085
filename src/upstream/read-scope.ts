import { getOrAdd } from '../lib/get-or-add.js';
import type { Generation } from './callers.js';
import type { Fold } from './fold.js';
import type { UpstreamRequest } from './request.js';
import type { SharedRead } from './shared-read.js';

/** What may be shared among those who ask in one generation. */
export interface ReadScope {
  /** Reads that can be joined, by key. */
  readonly underWay: Map<string, SharedRead>;
  /** Look-ups that gather, by collection. */
  readonly folds: Map<string, Fold>;
}

export type ReadScopes = (request: UpstreamRequest, generation: Generation) => ReadScope;

/** Finds the scope that a request shares: its caller's with a window, without one its own alone. */
export function createReadScopes(windowMs: number): ReadScopes {
  const ofCallers = new WeakMap<Generation, ReadScope>();
  const ofRequests = new WeakMap<UpstreamRequest, WeakMap<Generation, ReadScope>>();
  return (request, generation) => {
    const scopes =
      windowMs > 0 ? ofCallers : getOrAdd(ofRequests, request, () => new WeakMap<Generation, ReadScope>());
    return getOrAdd(scopes, generation, () => ({ underWay: new Map(), folds: new Map() }));
  };
}
