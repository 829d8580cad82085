import type { Operation, Resource } from '../../upstream/resource.js';

/** `/restapi/v1.0/account/{accountId}/extension/{extensionId}/forwarding-number`: one id a request. */
export const FORWARDING_NUMBERS: Resource<Operation> = {
  domain: 'forwarding-number',
  batch: false,
  path: ({ accountId, extensionId = '~' }) => [
    'account',
    accountId,
    'extension',
    extensionId,
    'forwarding-number',
  ],
  operations: {
    get: 'getForwardingNumber',
    list: 'listForwardingNumbers',
    create: 'createForwardingNumber',
    update: 'updateForwardingNumber',
    remove: 'deleteExtensionForwardingNumber',
  },
};
