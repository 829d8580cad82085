import type { Json } from './json.js';

/** What the emulator holds. Records are kept as RingCentral writes them, but for their `uri`. */
export interface State {
  readonly accounts: ReadonlyMap<string, Account>;
  /** Extensions as marked users have changed them for themselves, by marker and id. */
  readonly copies: Map<string, Extension>;
  /** By access token. */
  readonly grants: ReadonlyMap<string, Grant>;
  readonly expiredTokens: ReadonlySet<string>;
  /** Who can log in, by the name that the login page knows them by. */
  readonly users: ReadonlyMap<string, User>;
}

export interface Account {
  readonly id: string;
  readonly extensions: ReadonlyMap<string, Extension>;
  readonly phoneNumbers: ReadonlyMap<string, PhoneNumber>;
}

export interface Extension {
  readonly id: string;
  readonly fields: Json;
  readonly blocked: Map<string, BlockedNumber>;
  readonly forwarding: Map<string, ForwardingNumber>;
  /** What this extension may do with a number, by the number's id. */
  readonly features: ReadonlyMap<string, readonly string[]>;
  nextForwardingId: number;
}

export interface BlockedNumber {
  readonly id: string;
  readonly phoneNumber: string;
  readonly label?: string | null | undefined;
  readonly status?: string | undefined;
}

export interface ForwardingNumber {
  readonly id: string;
  readonly fields: Json;
}

export interface PhoneNumber {
  readonly id: string;
  readonly fields: Json;
  /** The extension that it leads to; undefined where it belongs to the company alone. */
  readonly ownerId: string | undefined;
  /** Whether every extension's list shows it. */
  readonly shared: boolean;
}

/** An app as it is registered; its permissions bound what any user may do through it. */
export interface App {
  readonly id: string;
  readonly permissions: ReadonlySet<AppPermission>;
}

export type AppPermission = 'ReadAccounts' | 'EditExtensions';

export interface User {
  readonly name: string;
  readonly accountId: string;
  readonly extensionId: string;
  readonly permissions: ReadonlySet<Permission>;
  /** May see the account's other extensions. */
  readonly seesAll: boolean;
}

/** What an access token stands for. */
export interface Grant extends User {
  readonly app: App;
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

export const READ_PERMISSIONS: ReadonlySet<Permission> = new Set<Permission>([
  'ReadExtensions',
  'ReadBlockedNumbers',
  'ReadUserForwardingFlipNumbers',
  'ReadUserPhoneNumbers',
  'ReadCompanyPhoneNumbers',
]);

export const ALL_PERMISSIONS: ReadonlySet<Permission> = new Set<Permission>([
  ...READ_PERMISSIONS,
  'EditBlockedNumbers',
  'EditUserForwardingFlipNumbers',
]);

/** A blocked number's id is the number itself: its digits in base64 without padding. */
export const toBlockedId = (phoneNumber: string): string =>
  Buffer.from(phoneNumber.replaceAll(/\D/g, '')).toString('base64url');

/** The host of canonical addresses, whatever host was asked. */
export const HOST = 'https://platform.ringcentral.com';
export const ROOT = `${HOST}/restapi/v1.0`;
