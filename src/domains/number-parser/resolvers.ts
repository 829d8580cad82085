import type { Domain } from '../../domain-kit/domain.js';

export const numberParser: Domain = {
  resolvers: {
    Query: {
      parsePhoneNumbers: (_root, args, { loaders }) => loaders.numberParser.parse(args),
    },
  },
};
