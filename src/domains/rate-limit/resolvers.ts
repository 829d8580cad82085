import type { Domain } from '../../domain-kit/domain.js';
import { toRateLimit } from './mapper.js';

export const rateLimit: Domain = {
  resolvers: {
    Query: {
      rateLimits: (_root, _args, { upstream }) => upstream.rateLimits().map(toRateLimit),
    },
  },
};
