import type { Context } from '../context.js';
import type { Resolvers, ResolversTypes } from '../generated/resolvers.js';

/** One domain, as the schema is put together from it. */
export interface Domain {
  readonly resolvers: Resolvers;
  /** The types whose records a global id names. */
  readonly nodes?: readonly NodeType[];
}

export interface NodeType {
  /** The type as a global id writes it. */
  readonly type: string;
  /** The record behind a global id of this type. @throws GatewayError */
  load(id: string, context: Context): ResolversTypes['Node'];
}
