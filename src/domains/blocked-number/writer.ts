import type { ExtensionOwner } from '../../domain-kit/input.js';
import type { LoaderParts } from '../../domain-kit/loader-parts.js';
import {
  refusal,
  tally,
  writeInGroups,
  type Group,
  type ItemInput,
  type Tally,
} from '../../domain-kit/mutation.js';
import { BadUserInputError } from '../../errors.js';
import type { BlockedNumberSource, BlockedNumberStatus } from '../../generated/resolvers.js';
import type { Written } from '../../upstream/writes.js';
import { BLOCKED_NUMBERS } from './endpoint.js';
import {
  BLOCKED_NUMBER_FIELDS,
  BLOCKED_NUMBER_STATUSES,
  toBlockedNumber,
  toBlockedNumberBody,
  type BlockedNumberPatch,
} from './mapper.js';
import type { BlockedNumberModel } from './model.js';

/** An entry that a mutation names by its global id. */
export interface BlockedNumberTarget {
  readonly id: string;
  readonly owner: ExtensionOwner;
  readonly source: BlockedNumberSource;
  readonly resourceId: string;
}

export interface BlockedNumberUpdateTarget extends BlockedNumberTarget {
  readonly input: ItemInput;
  readonly patch: BlockedNumberPatch;
}

/** Items of one list of one extension go out together. */
const listOf = ({ source, owner }: BlockedNumberTarget) =>
  [source, owner.accountId, owner.extensionId].join('/');

/** Writes blocked and allowed numbers, each item with an outcome of its own. */
export function createBlockedNumberWriter({ upstream, report }: LoaderParts) {
  return {
    async add(
      owner: ExtensionOwner,
      input: { phoneNumber: string; label?: string | null | undefined; status: BlockedNumberStatus },
    ): Promise<Tally<BlockedNumberModel>> {
      const { phoneNumber, label } = input;
      const status = BLOCKED_NUMBER_STATUSES.toValue(input.status);
      const body = toBlockedNumberBody({}, { phoneNumber, label: label ?? null, status });
      const written = await upstream.create(BLOCKED_NUMBERS.CALLER_BLOCKING, upstream.canonical(owner), body);
      const item = { id: null, input: { path: ['input'], fields: BLOCKED_NUMBER_FIELDS.CALLER_BLOCKING } };
      return tally([[item, written]], (_item, json) =>
        toBlockedNumber(json, owner, 'CALLER_BLOCKING', report),
      );
    },

    async update(targets: readonly BlockedNumberUpdateTarget[]): Promise<Tally<BlockedNumberModel>> {
      const written = await writeInGroups(targets, listOf, (items) =>
        items[0].source === 'BLOCKED_NUMBER' ? rename(items) : replace(items),
      );
      return tally(written, ({ owner, source, resourceId, patch }, json) => {
        // With its number its id may have changed.
        const askedId = patch.phoneNumber === undefined ? resourceId : undefined;
        return toBlockedNumber(json, owner, source, report, askedId);
      });
    },

    async remove(targets: readonly BlockedNumberTarget[]): Promise<Tally<string>> {
      const written = await writeInGroups(targets, listOf, (items) => {
        const [{ source, owner }] = items;
        const ids = items.map(({ resourceId }) => resourceId);
        return upstream.remove(BLOCKED_NUMBERS[source], owner, ids);
      });
      return tally(written, ({ id }) => id);
    },
  };

  /** PUT replaces the whole record, so what upstream holds is read first. */
  function replace(items: Group<BlockedNumberUpdateTarget>): Promise<readonly Written[]> {
    const [{ source, owner }] = items;
    const changes = items.map(({ resourceId, patch }) => ({
      id: resourceId,
      toBody: (current: Readonly<Record<string, unknown>>) => toBlockedNumberBody(current, patch),
    }));
    return upstream.update(BLOCKED_NUMBERS[source], owner, changes, { readFirst: true });
  }

  /** The old family takes a new name and nothing else. */
  async function rename(items: Group<BlockedNumberUpdateTarget>): Promise<readonly Written[]> {
    const [{ source, owner }] = items;
    const takes = ({ patch }: BlockedNumberUpdateTarget) =>
      patch.phoneNumber === undefined && patch.status === undefined;
    const taken = items.filter(takes);
    const changes = taken.map(({ resourceId, patch }) => ({
      id: resourceId,
      toBody: () => ({ name: patch.label ?? '' }),
    }));
    const written = await upstream.update(BLOCKED_NUMBERS[source], owner, changes, { readFirst: false });
    const refused = new BadUserInputError(
      'A number of the source BLOCKED_NUMBER can be given a new label only.',
    );
    return items.map((item) => written[taken.indexOf(item)] ?? refusal(refused));
  }
}
