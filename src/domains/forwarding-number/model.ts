import type { Connection, ConnectionEdge } from '../../domain-kit/connection.js';
import type { ExtensionOwner } from '../../domain-kit/input.js';
import type { ForwardingNumberFeature, ForwardingNumberType } from '../../generated/resolvers.js';

export interface ForwardingNumberModel {
  readonly __typename: 'ForwardingNumber';
  /** The extension that it was read from, as it was asked for. */
  readonly owner: ExtensionOwner;
  /** Upstream's canonical URI: it may name the owner's real ids. */
  readonly uri: unknown;
  readonly resourceId: string;
  readonly phoneNumber: string | null;
  readonly label: string | null;
  readonly type: ForwardingNumberType | null;
  readonly features: ForwardingNumberFeature[] | null;
  readonly flipNumber: string | null;
}

export type ForwardingNumberConnectionModel = Connection<ForwardingNumberModel>;
export type ForwardingNumberEdgeModel = ConnectionEdge<ForwardingNumberModel>;
