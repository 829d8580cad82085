import type { Domain } from '../../domain-kit/domain.js';
import { attempt, parseAccountId, parseGlobalId, parseResourceId } from '../../domain-kit/input.js';
import { encodeGlobalId } from '../../lib/global-id.js';
import { whenKnown } from '../../lib/when-known.js';

const ID_TYPES = { PhoneNumber: 2 };

export const phoneNumber: Domain = {
  resolvers: {
    Query: {
      phoneNumber: (_root, { accountId, resourceId }, { loaders }) =>
        loaders.phoneNumber.load(parseAccountId(accountId), parseResourceId(resourceId)),
      phoneNumbers: (_root, { accountId, resourceIds }, { loaders }) => {
        const { phoneNumber: loader } = loaders;
        const account = parseAccountId(accountId);
        return resourceIds.map((id) => attempt(() => loader.load(account, parseResourceId(id))));
      },
    },
    Extension: {
      phoneNumbers: ({ owner }, args, { loaders }) => loaders.phoneNumber.list(owner, args),
    },
    PhoneNumber: {
      id: ({ owner, uri, resourceId }, _args, { loaders }) =>
        whenKnown(loaders.extension.identify(owner, uri), ({ accountId }) =>
          encodeGlobalId('PhoneNumber', [accountId, resourceId]),
        ),
      extension: ({ owner, uri, assignedTo }, _args, { loaders }) => {
        if (assignedTo === null) return null;
        const { extensionId, known } = assignedTo;
        // The number's own URI names the same account.
        const named = assignedTo.uri ?? uri;
        return loaders.extension.refer({ accountId: owner.accountId, extensionId }, named, known);
      },
    },
  },
  nodes: [
    {
      type: 'PhoneNumber',
      load(id, { loaders }) {
        const [accountId = '', resourceId = ''] = parseGlobalId(id, ID_TYPES).parts;
        return loaders.phoneNumber.load({ accountId }, resourceId);
      },
    },
  ],
};
