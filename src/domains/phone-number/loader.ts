import { readConnectionWith } from '../../domain-kit/connection.js';
import type { ExtensionOwner } from '../../domain-kit/input.js';
import { isJson } from '../../domain-kit/json.js';
import type { LoaderParts } from '../../domain-kit/loader-parts.js';
import { toNames } from '../../domain-kit/open-enum.js';
import { parseSlice, toPageQuery, type SliceArguments } from '../../domain-kit/slice.js';
import type { PhoneNumberUsageType } from '../../generated/resolvers.js';
import { ACCOUNT_PHONE_NUMBERS, EXTENSION_PHONE_NUMBERS } from './endpoint.js';
import { PHONE_NUMBER_FEATURES, PHONE_NUMBER_USAGE_TYPES, toPhoneNumber } from './mapper.js';
import { PhoneNumberEdgeModel, type PhoneNumberConnectionModel, type PhoneNumberModel } from './model.js';

export interface PhoneNumberListArguments extends SliceArguments {
  readonly usageType?: readonly PhoneNumberUsageType[] | null | undefined;
}

/** Reads phone numbers: an account's by id, an extension's as a list. */
export function createPhoneNumberLoader({ upstream, records, report }: LoaderParts) {
  return {
    /** @throws GatewayError */
    async load(owner: { accountId: string }, resourceId: string): Promise<PhoneNumberModel> {
      const json = await records.load(ACCOUNT_PHONE_NUMBERS, owner, resourceId);
      return toPhoneNumber(json, owner.accountId, report, resourceId);
    },

    /** @throws GatewayError */
    async list(owner: ExtensionOwner, args: PhoneNumberListArguments): Promise<PhoneNumberConnectionModel> {
      const usageTypes = [...new Set(args.usageType)]
        .map((name) => PHONE_NUMBER_USAGE_TYPES.toValue(name))
        .sort();
      const filter = ['phoneNumbers', ...usageTypes].join(' ');
      const source = {
        slice: parseSlice(args, filter),
        filter,
        fetchPage: (page: number, perPage: number) =>
          upstream.list(
            EXTENSION_PHONE_NUMBERS,
            upstream.canonical(owner),
            toPageQuery(
              page,
              perPage,
              usageTypes.map((value) => ['usageType', value]),
            ),
          ),
        toNode: (json: Readonly<Record<string, unknown>>) => toPhoneNumber(json, owner.accountId, report),
      };
      return readConnectionWith(source, (record, position, node) => {
        const features = toNames(
          PHONE_NUMBER_FEATURES,
          isJson(record) ? record['features'] : undefined,
          report,
        );
        return new PhoneNumberEdgeModel(filter, position, node, features);
      });
    },
  };
}
