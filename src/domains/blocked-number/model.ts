import type { Connection, ConnectionEdge } from '../../domain-kit/connection.js';
import type { ExtensionOwner } from '../../domain-kit/input.js';
import type { BlockedNumberSource, BlockedNumberStatus } from '../../generated/resolvers.js';

export interface BlockedNumberModel {
  readonly __typename: 'BlockedNumber';
  /** The extension that it was read from, as it was asked for. */
  readonly owner: ExtensionOwner;
  readonly source: BlockedNumberSource;
  /** Upstream's canonical URI: it may name the owner's real ids. */
  readonly uri: unknown;
  readonly resourceId: string;
  readonly phoneNumber: string | null;
  readonly label: string | null;
  readonly status: BlockedNumberStatus | null;
}

export type BlockedNumberConnectionModel = Connection<BlockedNumberModel>;
export type BlockedNumberEdgeModel = ConnectionEdge<BlockedNumberModel>;
