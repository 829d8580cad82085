import type { Context } from '../context.js';
import type { RequestOutcome } from '../observability/events.js';
import type { Upstream } from '../upstream/upstream.js';
import type { RequestTurns } from './fair-turns.js';

/** What is learnt of one GraphQL request while it is answered: for its log line and its statistics. */
export interface Exchange {
  readonly requestId: string;
  readonly upstream: Upstream | undefined;
  operationName: string | undefined;
  /** Undefined until GraphQL has answered. */
  outcome: RequestOutcome | undefined;
  codes: readonly string[];
  /** Our limits that were exceeded. */
  limits: readonly string[];
}

/** The resolvers' context, and beside it what only the server uses. */
export type ServerContext = Context & {
  readonly exchange: Exchange;
  /** Waits until the caller has so little under way that so many fields may be added. */
  readonly enter: (fields: number) => Promise<void>;
  /** The turns in which its lists come. */
  readonly lists: RequestTurns;
};
