import type { Resource } from '../../upstream/resource.js';

/** `/restapi/v1.0/account/{accountId}/phone-number/{ids}`: the account's numbers, many ids in one request. */
export const ACCOUNT_PHONE_NUMBERS: Resource = {
  domain: 'phone-number',
  batch: true,
  path: ({ accountId }) => ['account', accountId, 'phone-number'],
  operations: { get: 'loadAccountPhoneNumber' },
};

/** `/restapi/v1.0/account/{accountId}/extension/{extensionId}/phone-number`: what one extension may use. */
export const EXTENSION_PHONE_NUMBERS: Resource<'list'> = {
  domain: 'phone-number',
  batch: false,
  path: ({ accountId, extensionId = '~' }) => [
    'account',
    accountId,
    'extension',
    extensionId,
    'phone-number',
  ],
  operations: { list: 'listExtensionPhoneNumbers' },
};
