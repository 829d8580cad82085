import type { Domain } from '../../domain-kit/domain.js';
import { parseGlobalId, parseOwner } from '../../domain-kit/input.js';
import type { Context } from '../../context.js';
import { encodeGlobalId } from '../../lib/global-id.js';
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
      id: async ({ owner, uri }, _args, { loaders }) => {
        const { accountId, extensionId } = await loaders.extension.identify(owner, uri);
        return encodeGlobalId('Extension', [accountId, extensionId]);
      },
      resourceId: async ({ owner, uri }, _args, { loaders }) =>
        owner.extensionId === '~'
          ? (await loaders.extension.identify(owner, uri)).extensionId
          : owner.extensionId,
      accountId: async ({ owner, uri }, _args, { loaders }) =>
        (await loaders.extension.identifyAccount(owner, uri)).accountId,
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
