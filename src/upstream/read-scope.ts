import { getOrAdd } from '../lib/get-or-add.js';
import type { Generation } from './callers.js';
import type { Fold } from './fold.js';
import type { UpstreamRequest } from './request.js';
import type { SharedRead } from './shared-read.js';

/** What may be shared among those who ask in one generation. */
export class ReadScope {
  /** Reads that can be joined, by key. */
  readonly underWay = new Map<string, SharedRead>();
  /** Look-ups that gather, by collection. */
  readonly folds = new Map<string, Fold>();
}

export type ReadScopes = (request: UpstreamRequest, generation: Generation) => ReadScope;

/** Finds the scope that a request shares: its caller's with a window, without one its own alone. */
export const createReadScopes =
  (windowMs: number): ReadScopes =>
  (request, generation) =>
    windowMs > 0 ? generation.scope : getOrAdd(request.scopes, generation, () => new ReadScope());
