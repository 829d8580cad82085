import type { Domain } from '../../domain-kit/domain.js';
import { attempt, parseGlobalId, parseOwner, parseResourceId } from '../../domain-kit/input.js';
import { parsePatch } from '../../domain-kit/patch.js';
import { BadUserInputError } from '../../errors.js';
import type { AddForwardingNumberInput, UpdateForwardingNumberInput } from '../../generated/resolvers.js';
import { encodeGlobalId } from '../../lib/global-id.js';
import { whenKnown } from '../../lib/when-known.js';
import { FORWARDING_NUMBER_TYPES } from './mapper.js';
import type { ForwardingNumberTarget } from './writer.js';

const ID_TYPES = { ForwardingNumber: 3 };

/** @throws BadUserInputError */
function parseTarget(id: string): ForwardingNumberTarget {
  const [accountId = '', extensionId = '', resourceId = ''] = parseGlobalId(id, ID_TYPES).parts;
  return { id, owner: { accountId, extensionId }, resourceId };
}

/** @throws BadUserInputError for a label that upstream would silently drop */
function parseNew(input: AddForwardingNumberInput): AddForwardingNumberInput {
  const { label, type } = input;
  if (typeof label === 'string' && type) {
    throw new BadUserInputError('Give type or label, not both: RingCentral ignores a label beside a type.');
  }
  return input;
}

/** @throws BadUserInputError */
function parseUpdate({ id, ...named }: UpdateForwardingNumberInput) {
  const { type, ...patch } = parsePatch(named, ['label']);
  return {
    target: parseTarget(id),
    patch: { ...patch, ...(type && { type: FORWARDING_NUMBER_TYPES.toValue(type) }) },
  };
}

export const forwardingNumber: Domain = {
  resolvers: {
    Extension: {
      forwardingNumber: ({ owner }, { resourceId }, { loaders }) =>
        loaders.forwardingNumber.load(owner, parseResourceId(resourceId)),
      forwardingNumbersByResourceId: ({ owner }, { resourceIds }, { loaders }) =>
        resourceIds.map((id) => attempt(() => loaders.forwardingNumber.load(owner, parseResourceId(id)))),
      forwardingNumbers: ({ owner }, args, { loaders }) => loaders.forwardingNumber.list(owner, args),
    },
    ForwardingNumber: {
      id: ({ owner, uri, resourceId }, _args, { loaders }) =>
        whenKnown(loaders.extension.identify(owner, uri), ({ accountId, extensionId }) =>
          encodeGlobalId('ForwardingNumber', [accountId, extensionId, resourceId]),
        ),
      extension: ({ owner, uri }, _args, { loaders }) => loaders.extension.refer(owner, uri),
    },
    Mutation: {
      addForwardingNumber: async (_root, { input }, { writers }) => {
        const { done, userErrors } = await writers.forwardingNumber.add(parseOwner(input), parseNew(input));
        return { forwardingNumber: done[0] ?? null, userErrors: [...userErrors] };
      },
      updateForwardingNumber: async (_root, { input }, { writers }) => {
        const { target, patch } = parseUpdate(input);
        const { done, userErrors } = await writers.forwardingNumber.update(target, patch);
        return { forwardingNumber: done[0] ?? null, userErrors: [...userErrors] };
      },
      deleteForwardingNumbers: async (_root, { input }, { writers }) => {
        const targets = [...new Set(input.ids)].map(parseTarget);
        const { done, userErrors } = await writers.forwardingNumber.remove(targets);
        return { deletedIds: [...done], userErrors: [...userErrors] };
      },
    },
  },
  nodes: [
    {
      type: 'ForwardingNumber',
      load(id, { loaders }) {
        const { owner, resourceId } = parseTarget(id);
        return loaders.forwardingNumber.load(owner, resourceId);
      },
    },
  ],
};
