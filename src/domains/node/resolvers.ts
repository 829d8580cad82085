import type { Context } from '../../context.js';
import type { Domain, NodeType } from '../../domain-kit/domain.js';
import { attempt } from '../../domain-kit/input.js';
import { BadUserInputError } from '../../errors.js';
import { decodeGlobalId } from '../../lib/global-id.js';

/** `node` and `nodes`: a global id's own type says which domain reads it. */
export function createNodeDomain(types: readonly NodeType[]): Domain {
  const byType = new Map(types.map((type) => [type.type, type]));

  function load(id: string, context: Context) {
    const type = byType.get(decodeGlobalId(id)?.type ?? '');
    if (type === undefined) throw new BadUserInputError('id is not a global id.');
    return type.load(id, context);
  }

  return {
    resolvers: {
      Query: {
        node: (_root, { id }, context) => {
          context.requireCaller();
          return load(id, context);
        },
        nodes: (_root, { ids }, context) => {
          context.requireCaller();
          return ids.map((id) => attempt(() => load(id, context)));
        },
      },
      Node: { __resolveType: ({ __typename }) => __typename },
    },
  };
}
