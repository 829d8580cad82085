import { ConnectionEdge, type Connection } from '../../domain-kit/connection.js';
import type {
  Country,
  PaymentType,
  PhoneNumberFeature,
  PhoneNumberStatus,
  PhoneNumberType,
  PhoneNumberUsageType,
} from '../../generated/resolvers.js';
import type { ExtensionFields } from '../extension/model.js';

export interface PhoneNumberModel {
  readonly __typename: 'PhoneNumber';
  /** The account that it was read from, as it was asked for. */
  readonly owner: { readonly accountId: string };
  /** Upstream's canonical URI: it may name the account's real id. */
  readonly uri: unknown;
  readonly resourceId: string;
  readonly phoneNumber: string | null;
  readonly label: string | null;
  readonly location: string | null;
  readonly primary: boolean | null;
  readonly callerIdName: string | null;
  readonly type: PhoneNumberType | null;
  readonly usageType: PhoneNumberUsageType | null;
  readonly paymentType: PaymentType | null;
  readonly status: PhoneNumberStatus | null;
  readonly country: Country | null;
  /** The extension that the number is assigned to, as far as the number's own record tells of it. */
  readonly assignedTo: AssignedExtension | null;
}

export interface AssignedExtension {
  readonly extensionId: string;
  readonly uri: unknown;
  readonly known: Partial<ExtensionFields>;
}

export type PhoneNumberConnectionModel = Connection<PhoneNumberModel, PhoneNumberEdgeModel>;

/** What the extension may do with the number belongs to the pair, not to the number. */
export class PhoneNumberEdgeModel extends ConnectionEdge<PhoneNumberModel> {
  readonly features: PhoneNumberFeature[] | null;

  constructor(
    filter: string,
    position: number,
    node: PhoneNumberModel | Error,
    features: PhoneNumberFeature[] | null,
  ) {
    super(filter, position, node);
    this.features = features;
  }
}
