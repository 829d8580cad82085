import type { Domain } from '../../domain-kit/domain.js';
import { attempt, parseGlobalId, parseOwner, parseResourceId } from '../../domain-kit/input.js';
import { parsePatch, requireDistinct } from '../../domain-kit/patch.js';
import { encodeGlobalId } from '../../lib/global-id.js';
import { whenKnown } from '../../lib/when-known.js';
import type { BlockedNumberSource, BlockedNumberUpdate } from '../../generated/resolvers.js';
import { BLOCKED_NUMBER_FIELDS, BLOCKED_NUMBER_STATUSES } from './mapper.js';
import type { BlockedNumberTarget, BlockedNumberUpdateTarget } from './writer.js';

/** One type of global id a family, so that an id alone says where its record is read and written. */
const ID_TYPES = { 'BlockedNumber.CALLER_BLOCKING': 3, 'BlockedNumber.BLOCKED_NUMBER': 3 };
const SOURCES = {
  'BlockedNumber.CALLER_BLOCKING': 'CALLER_BLOCKING',
  'BlockedNumber.BLOCKED_NUMBER': 'BLOCKED_NUMBER',
} as const satisfies Record<keyof typeof ID_TYPES, BlockedNumberSource>;

/** @throws BadUserInputError */
function parseTarget(id: string): BlockedNumberTarget {
  const { type, parts } = parseGlobalId(id, ID_TYPES);
  const [accountId = '', extensionId = '', resourceId = ''] = parts;
  return { id, owner: { accountId, extensionId }, source: SOURCES[type], resourceId };
}

/** @throws BadUserInputError */
function parseUpdate(update: BlockedNumberUpdate, index: number): BlockedNumberUpdateTarget {
  const { id, ...named } = update;
  const { status, ...patch } = parsePatch(named, ['label']);
  const target = parseTarget(id);
  return {
    ...target,
    input: {
      path: ['input', 'blockedNumbers', String(index)],
      fields: BLOCKED_NUMBER_FIELDS[target.source],
    },
    patch: { ...patch, ...(status && { status: BLOCKED_NUMBER_STATUSES.toValue(status) }) },
  };
}

export const blockedNumber: Domain = {
  resolvers: {
    Extension: {
      blockedNumber: ({ owner }, { resourceId, source }, { loaders }) =>
        loaders.blockedNumber.load(owner, source, parseResourceId(resourceId)),
      blockedNumbersByResourceId: ({ owner }, { resourceIds, source }, { loaders }) =>
        resourceIds.map((id) =>
          attempt(() => loaders.blockedNumber.load(owner, source, parseResourceId(id))),
        ),
      blockedNumbers: ({ owner }, args, { loaders }) => loaders.blockedNumber.list(owner, args),
    },
    BlockedNumber: {
      id: ({ owner, uri, source, resourceId }, _args, { loaders }) =>
        whenKnown(loaders.extension.identify(owner, uri), ({ accountId, extensionId }) =>
          encodeGlobalId(`BlockedNumber.${source}`, [accountId, extensionId, resourceId]),
        ),
      extension: ({ owner, uri }, _args, { loaders }) => loaders.extension.refer(owner, uri),
    },
    Mutation: {
      addBlockedNumber: async (_root, { input }, { writers }) => {
        const { done, userErrors } = await writers.blockedNumber.add(parseOwner(input), input);
        return { blockedNumber: done[0] ?? null, userErrors: [...userErrors] };
      },
      updateBlockedNumbers: async (_root, { input }, { writers }) => {
        const targets = requireDistinct(input.blockedNumbers.map(parseUpdate));
        const { done, userErrors } = await writers.blockedNumber.update(targets);
        return { blockedNumbers: [...done], userErrors: [...userErrors] };
      },
      deleteBlockedNumbers: async (_root, { input }, { writers }) => {
        const { done, userErrors } = await writers.blockedNumber.remove(
          [...new Set(input.ids)].map(parseTarget),
        );
        return { deletedIds: [...done], userErrors: [...userErrors] };
      },
    },
  },
  nodes: (['BlockedNumber.CALLER_BLOCKING', 'BlockedNumber.BLOCKED_NUMBER'] as const).map((type) => ({
    type,
    load(id, { loaders }) {
      const { owner, source, resourceId } = parseTarget(id);
      return loaders.blockedNumber.load(owner, source, resourceId);
    },
  })),
};
