import type { Resource } from '../../upstream/resource.js';

/** `GET /restapi/v1.0/account/{accountId}/extension/{extensionId}`: one id a request. */
export const EXTENSIONS: Resource = {
  domain: 'extension',
  batch: false,
  identifiesOwner: true,
  path: ({ accountId }) => ['account', accountId, 'extension'],
  operations: { get: 'readExtension' },
};
