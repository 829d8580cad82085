/** What the emulator holds. Records are kept as RingCentral writes them, but for their `uri`. */
export interface State {
  readonly accounts: Map<string, Account>;
  readonly grants: Map<string, Grant>;
}

export interface Account {
  readonly id: string;
  readonly extensions: Map<string, Extension>;
  readonly phoneNumbers: Map<string, PhoneNumber>;
}

export interface Extension {
  readonly id: string;
  readonly fields: Json;
  readonly blocked: Map<string, BlockedNumber>;
  readonly forwarding: Map<string, ForwardingNumber>;
  /** What this extension may do with a number, by the number's id. */
  readonly features: Map<string, readonly string[]>;
  nextForwardingId: number;
}

export interface BlockedNumber {
  readonly id: string;
  phoneNumber?: string | undefined;
  label?: string | null | undefined;
  status?: string | undefined;
}

export interface ForwardingNumber {
  readonly id: string;
  readonly fields: Json;
}

export interface PhoneNumber {
  readonly id: string;
  readonly fields: Json;
  /** Undefined: the company's, shown to every extension. */
  readonly extensionId: string | undefined;
}

/** What an access token stands for. */
export interface Grant {
  readonly accountId: string;
  readonly extensionId: string;
  readonly permissions: ReadonlySet<Permission>;
  /** May see the account's other extensions. */
  readonly seesAll: boolean;
  /** Put into every label, so that tests see whose data they got. */
  readonly marker?: string;
}

export type Permission =
  | 'ReadExtensions'
  | 'ReadBlockedNumbers'
  | 'EditBlockedNumbers'
  | 'ReadUserForwardingFlipNumbers'
  | 'EditUserForwardingFlipNumbers'
  | 'ReadUserPhoneNumbers'
  | 'ReadCompanyPhoneNumbers';

export const ALL_PERMISSIONS: ReadonlySet<Permission> = new Set<Permission>([
  'ReadExtensions',
  'ReadBlockedNumbers',
  'EditBlockedNumbers',
  'ReadUserForwardingFlipNumbers',
  'EditUserForwardingFlipNumbers',
  'ReadUserPhoneNumbers',
  'ReadCompanyPhoneNumbers',
]);

export type Json = Record<string, unknown>;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A blocked number's id is the number itself: its digits in base64 without padding. */
export const toBlockedId = (phoneNumber: string): string =>
  Buffer.from(phoneNumber.replaceAll(/\D/g, '')).toString('base64url');

export const ROOT = 'https://platform.ringcentral.com/restapi/v1.0';
