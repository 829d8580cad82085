import type { Domain } from '../../domain-kit/domain.js';
import { parseGlobalId, parseOwner } from '../../domain-kit/input.js';
import type { Context } from '../../context.js';
import { encodeGlobalId } from '../../lib/global-id.js';
import { whenKnown } from '../../lib/when-known.js';
import type { ExtensionFields, ExtensionModel } from './model.js';

const ID_PARTS = { Extension: 2 };

/** A field as another record told it, else as the extension's own record does. */
const field =
  <K extends keyof ExtensionFields>(name: K) =>
  ({ owner, known }: ExtensionModel, _args: object, { loaders }: Context): Field<K> => {
    const value = known[name];
    return value === undefined ? loaders.extension.load(owner).then((fields) => fields[name]) : value;
  };
type Field<K extends keyof ExtensionFields> = ExtensionFields[K] | Promise<ExtensionFields[K]>;

export const extension: Domain = {
  resolvers: {
    Query: {
      extension: (_root, args, { loaders }) => loaders.extension.refer(parseOwner(args)),
    },
    Extension: {
      id: ({ owner, uri }, _args, { loaders }) =>
        whenKnown(loaders.extension.identify(owner, uri), ({ accountId, extensionId }) =>
          encodeGlobalId('Extension', [accountId, extensionId]),
        ),
      resourceId: ({ owner, uri }, _args, { loaders }) =>
        owner.extensionId === '~'
          ? whenKnown(loaders.extension.identify(owner, uri), ({ extensionId }) => extensionId)
          : owner.extensionId,
      accountId: ({ owner, uri }, _args, { loaders }) =>
        whenKnown(loaders.extension.identifyAccount(owner, uri), ({ accountId }) => accountId),
      extensionNumber: field('extensionNumber'),
      name: field('name'),
      type: field('type'),
      status: field('status'),
      contact: field('contact'),
    },
  },
  nodes: [
    {
      type: 'Extension',
      load(id, { loaders }) {
        const [accountId = '', extensionId = ''] = parseGlobalId(id, ID_PARTS).parts;
        return loaders.extension.refer({ accountId, extensionId });
      },
    },
  ],
};
