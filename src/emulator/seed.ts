import { createExtension } from './seed-extensions.js';
import { PEOPLE } from './seed-people.js';
import { createPhoneNumber, FEATURES } from './seed-phone-numbers.js';
import {
  ALL_PERMISSIONS,
  READ_PERMISSIONS,
  type Account,
  type App,
  type Grant,
  type State,
  type User,
} from './state.js';

/** How much there is. Everything is fictional, the same at every start, and odd in places on purpose. */
export interface SeedSizes {
  /** An account's phone numbers. */
  readonly phoneNumbers: number;
  /** An extension's blocked and allowed numbers. */
  readonly blockedNumbers: number;
  /** An extension's forwarding numbers. */
  readonly forwardingNumbers: number;
}

const DEFAULT_SIZES: SeedSizes = { phoneNumbers: 150, blockedNumbers: 40, forwardingNumbers: 12 };

const ACCOUNT = '401900100008';
const OTHER_ACCOUNT = '401900200008';
const DEMO_EXTENSION = '401900101008';

/** Access tokens that are good from the start; the first is the demo token. */
export const TOKENS = {
  /** Ann: may do everything, on every extension of her account. */
  user: 'demo-token-ann',
  /** Rita: may read every extension of the account. */
  readOnly: 'demo-token-read-only',
  /** Norman: may do nothing. */
  noPermissions: 'demo-token-no-permissions',
  /** Bob: may do everything, but on his own extension alone. */
  otherUser: 'demo-token-bob',
  /** Olga, who administers the second account. */
  otherAccount: 'demo-token-other-account',
  /** Ann again, through an app that may only read. */
  readingApp: 'demo-token-reading-app',
  /** Ann's from yesterday. */
  expired: 'demo-token-expired',
} as const;

export const DEMO_APP: App = { id: 'demo-app', permissions: new Set(['ReadAccounts', 'EditExtensions']) };
const READING_APP: App = { id: 'reading-app', permissions: new Set(['ReadAccounts']) };

const ANN: User = {
  name: 'Ann Archer',
  accountId: ACCOUNT,
  extensionId: DEMO_EXTENSION,
  permissions: ALL_PERMISSIONS,
  seesAll: true,
};
const BOB: User = { ...ANN, name: 'Bob Baker', extensionId: '401900102008', seesAll: false };
const RITA: User = {
  ...ANN,
  name: 'Rita Reader',
  extensionId: '401900108008',
  permissions: READ_PERMISSIONS,
};
const NORMAN: User = { ...BOB, name: 'Norman Nought', extensionId: '401900109008', permissions: new Set() };
const OLGA: User = {
  ...ANN,
  name: 'Olga Other',
  accountId: OTHER_ACCOUNT,
  extensionId: '401900201008',
};

export function createSeed(sizes: Partial<SeedSizes> = {}): State {
  const all = { ...DEFAULT_SIZES, ...sizes };
  const accounts = [ACCOUNT, OTHER_ACCOUNT].map((id, place) => createAccount(id, place, all));
  const grant = (user: User, app = DEMO_APP): Grant => ({ ...user, app });
  return {
    accounts: new Map(accounts.map((account) => [account.id, account])),
    copies: new Map(),
    expiredTokens: new Set([TOKENS.expired]),
    users: new Map([ANN, BOB, RITA, NORMAN, OLGA].map((user) => [user.name, user])),
    grants: new Map<string, Grant>([
      [TOKENS.user, grant(ANN)],
      [TOKENS.readOnly, grant(RITA)],
      [TOKENS.noPermissions, grant(NORMAN)],
      [TOKENS.otherUser, grant(BOB)],
      [TOKENS.otherAccount, grant(OLGA)],
      [TOKENS.readingApp, grant(ANN, READING_APP)],
    ]),
  };
}

/** A user made up for a token, who sees the demo extension under a marker. */
export const toSyntheticGrant = (marker: string): Grant => ({ ...ANN, app: DEMO_APP, marker });

function createAccount(id: string, place: number, sizes: SeedSizes): Account {
  const people = PEOPLE[place] ?? [];
  const numbers = Array.from({ length: sizes.phoneNumbers }, (_, index) =>
    createPhoneNumber(place, index, (at) => `${id.slice(0, 7)}0${1 + (at % people.length)}008`),
  );
  const extensions = people.map((fields, at) =>
    createExtension(`${id.slice(0, 7)}0${at + 1}008`, fields, at, {
      ...sizes,
      features: new Map(numbers.map((number, n) => [number.id, FEATURES[(n + at) % FEATURES.length] ?? []])),
    }),
  );
  return {
    id,
    extensions: new Map(extensions.map((extension) => [extension.id, extension])),
    phoneNumbers: new Map(numbers.map((number) => [number.id, number])),
  };
}
