import type { ExtensionOwner } from '../../domain-kit/input.js';
import type { Json } from '../../domain-kit/json.js';
import type { LoaderParts } from '../../domain-kit/loader-parts.js';
import { tally, writeInGroups, type Tally } from '../../domain-kit/mutation.js';
import type { ForwardingNumberType } from '../../generated/resolvers.js';
import { FORWARDING_NUMBERS } from './endpoint.js';
import {
  FORWARDING_NUMBER_FIELDS,
  FORWARDING_NUMBER_TYPES,
  toForwardingNumber,
  toForwardingNumberBody,
  type ForwardingNumberPatch,
} from './mapper.js';
import type { ForwardingNumberModel } from './model.js';

/** An entry that a mutation names by its global id. */
export interface ForwardingNumberTarget {
  readonly id: string;
  readonly owner: ExtensionOwner;
  readonly resourceId: string;
}

export interface NewForwardingNumber {
  readonly phoneNumber: string;
  readonly label?: string | null | undefined;
  readonly type?: ForwardingNumberType | null | undefined;
}

/** Writes forwarding numbers, each item with an outcome of its own. */
export function createForwardingNumberWriter({ upstream, report }: LoaderParts) {
  return {
    async add(owner: ExtensionOwner, input: NewForwardingNumber): Promise<Tally<ForwardingNumberModel>> {
      const { phoneNumber, label } = input;
      const type = input.type ? { type: FORWARDING_NUMBER_TYPES.toValue(input.type) } : {};
      const body = toForwardingNumberBody({}, { phoneNumber, label: label ?? null, ...type });
      const written = await upstream.create(FORWARDING_NUMBERS, upstream.canonical(owner), body);
      const item = { id: null, input: { path: ['input'], fields: FORWARDING_NUMBER_FIELDS.add } };
      return tally([[item, written]], (_item, json) => toForwardingNumber(json, owner, report));
    },

    /** PUT replaces the whole record, so what upstream holds is read first. */
    async update(
      target: ForwardingNumberTarget,
      patch: ForwardingNumberPatch,
    ): Promise<Tally<ForwardingNumberModel>> {
      const { owner, resourceId } = target;
      const change = { id: resourceId, toBody: (current: Json) => toForwardingNumberBody(current, patch) };
      const item = { ...target, input: { path: ['input'], fields: FORWARDING_NUMBER_FIELDS.update } };
      const written = await writeInGroups([item], ownerOf, () =>
        upstream.update(FORWARDING_NUMBERS, owner, [change], { readFirst: true }),
      );
      // With its number its id may have changed.
      const askedId = patch.phoneNumber === undefined ? resourceId : undefined;
      return tally(written, (_item, json) => toForwardingNumber(json, owner, report, askedId));
    },

    async remove(targets: readonly ForwardingNumberTarget[]): Promise<Tally<string>> {
      const written = await writeInGroups(targets, ownerOf, (items) => {
        const ids = items.map(({ resourceId }) => resourceId);
        return upstream.remove(FORWARDING_NUMBERS, items[0].owner, ids);
      });
      return tally(written, ({ id }) => id);
    },
  };
}

const ownerOf = ({ owner }: ForwardingNumberTarget) => `${owner.accountId}/${owner.extensionId}`;
