import type { BlockedNumberSource } from '../../generated/resolvers.js';
import type { Operation, Owner, Resource } from '../../upstream/resource.js';

const extensionPath = ({ accountId, extensionId = '~' }: Owner) => [
  'account',
  accountId,
  'extension',
  extensionId,
];

const CALLER_BLOCKING: Resource<Operation> = {
  domain: 'blocked-number',
  batch: true,
  path: (owner) => [...extensionPath(owner), 'caller-blocking', 'phone-numbers'],
  operations: {
    get: 'listBlockedAllowedPhoneNumber',
    list: 'listBlockedAllowedPhoneNumbers',
    create: 'createBlockedAllowedPhoneNumberLists',
    update: 'updateBlockedAllowedPhoneNumber',
    remove: 'deleteBlockedAllowedPhoneNumber',
  },
};

/** Numbers are added to the other family alone. */
const BLOCKED_NUMBER: Resource<Exclude<Operation, 'create'>> = {
  domain: 'blocked-number',
  batch: true,
  path: (owner) => [...extensionPath(owner), 'blocked-number'],
  operations: {
    get: 'loadBlockedNumber',
    list: 'listBlockedNumbers',
    update: 'updateBlockedNumber',
    remove: 'unblockNumber',
  },
};

/** The two REST families of one list. Both take many ids in one request. */
export const BLOCKED_NUMBERS = {
  CALLER_BLOCKING,
  BLOCKED_NUMBER,
} satisfies Readonly<Record<BlockedNumberSource, object>>;
