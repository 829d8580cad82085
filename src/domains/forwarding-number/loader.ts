import { readConnection } from '../../domain-kit/connection.js';
import type { ExtensionOwner } from '../../domain-kit/input.js';
import type { LoaderParts } from '../../domain-kit/loader-parts.js';
import { parseSlice, toPageQuery, type SliceArguments } from '../../domain-kit/slice.js';
import { FORWARDING_NUMBERS } from './endpoint.js';
import { toForwardingNumber } from './mapper.js';
import type { ForwardingNumberConnectionModel, ForwardingNumberModel } from './model.js';

const FILTER = 'forwardingNumbers';

/** Reads forwarding numbers. */
export function createForwardingNumberLoader({ upstream, records, report }: LoaderParts) {
  return {
    /** @throws GatewayError */
    async load(owner: ExtensionOwner, resourceId: string): Promise<ForwardingNumberModel> {
      const json = await records.load(FORWARDING_NUMBERS, owner, resourceId);
      return toForwardingNumber(json, owner, report, resourceId);
    },

    /** @throws GatewayError */
    async list(owner: ExtensionOwner, args: SliceArguments): Promise<ForwardingNumberConnectionModel> {
      return readConnection({
        slice: parseSlice(args, FILTER),
        filter: FILTER,
        fetchPage: (page, perPage) =>
          upstream.list(FORWARDING_NUMBERS, upstream.canonical(owner), toPageQuery(page, perPage)),
        toNode: (json) => toForwardingNumber(json, owner, report),
      });
    },
  };
}
