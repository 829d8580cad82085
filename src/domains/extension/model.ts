import type { ExtensionOwner } from '../../domain-kit/input.js';
import type { Contact, ExtensionStatus, ExtensionType } from '../../generated/resolvers.js';

/** What is read of an extension. */
export interface ExtensionFields {
  readonly extensionNumber: string | null;
  readonly name: string | null;
  readonly type: ExtensionType | null;
  readonly status: ExtensionStatus | null;
  readonly contact: Contact | null;
}

/** A reference to an extension: it is read when a field needs it that is not known. */
export interface ExtensionModel {
  readonly __typename: 'Extension';
  /** As it was asked for; `~` where it was. */
  readonly owner: ExtensionOwner;
  /** What another record has told of it already. */
  readonly known: Partial<ExtensionFields>;
  /** Where else its real ids may be read. */
  readonly uri?: unknown;
}
