import type { BlockedNumberSource } from '../../generated/resolvers.js';
import type { Owner, Resource } from '../../upstream/resource.js';

const extensionPath = ({ accountId, extensionId = '~' }: Owner) => [
  'account',
  accountId,
  'extension',
  extensionId,
];

/** The two REST families of one list. Both take many ids in one request. */
export const BLOCKED_NUMBERS: Readonly<Record<BlockedNumberSource, Resource>> = {
  CALLER_BLOCKING: {
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
  },
  BLOCKED_NUMBER: {
    domain: 'blocked-number',
    batch: true,
    path: (owner) => [...extensionPath(owner), 'blocked-number'],
    operations: {
      get: 'loadBlockedNumber',
      list: 'listBlockedNumbers',
      create: 'createBlockedNumber',
      update: 'updateBlockedNumber',
      remove: 'unblockNumber',
    },
  },
};
