import { emptyConnection, readConnection } from '../../domain-kit/connection.js';
import type { ExtensionOwner } from '../../domain-kit/input.js';
import type { LoaderParts } from '../../domain-kit/loader-parts.js';
import { parseSlice, toPageQuery, type SliceArguments } from '../../domain-kit/slice.js';
import type { BlockedNumberSource, BlockedNumberStatus } from '../../generated/resolvers.js';
import { BLOCKED_NUMBERS } from './endpoint.js';
import { BLOCKED_NUMBER_STATUSES, toBlockedNumber } from './mapper.js';
import type { BlockedNumberConnectionModel, BlockedNumberModel } from './model.js';

export interface BlockedNumberListArguments extends SliceArguments {
  readonly source: BlockedNumberSource;
  readonly status?: BlockedNumberStatus | null | undefined;
}

/** Reads blocked and allowed numbers, of either family. */
export function createBlockedNumberLoader({ upstream, records, report }: LoaderParts) {
  return {
    /** @throws GatewayError */
    async load(
      owner: ExtensionOwner,
      source: BlockedNumberSource,
      resourceId: string,
    ): Promise<BlockedNumberModel> {
      const json = await records.load(BLOCKED_NUMBERS[source], owner, resourceId);
      return toBlockedNumber(json, owner, source, report, resourceId);
    },

    /** @throws GatewayError */
    async list(
      owner: ExtensionOwner,
      args: BlockedNumberListArguments,
    ): Promise<BlockedNumberConnectionModel> {
      const { source } = args;
      const status = args.status ? BLOCKED_NUMBER_STATUSES.toValue(args.status) : undefined;
      const filter = ['blockedNumbers', source, status ?? 'any'].join(' ');
      const slice = parseSlice(args, filter);
      const legacy = source === 'BLOCKED_NUMBER';
      if (legacy && status === 'Allowed') return emptyConnection(slice);
      return readConnection({
        slice,
        filter,
        // The old family knows no filter: all of its numbers are blocked.
        fetchPage: (page, perPage) =>
          upstream.list(
            BLOCKED_NUMBERS[source],
            upstream.canonical(owner),
            toPageQuery(page, perPage, legacy || status === undefined ? [] : [['status', status]]),
          ),
        toNode: (json) => toBlockedNumber(json, owner, source, report),
      });
    },
  };
}
