import type { ExtensionOwner } from '../../domain-kit/input.js';
import type { Json } from '../../domain-kit/json.js';
import type { LoaderParts } from '../../domain-kit/loader-parts.js';
import { GatewayError } from '../../errors.js';
import { EXTENSIONS } from './endpoint.js';
import { toExtensionFields } from './mapper.js';
import type { ExtensionFields, ExtensionModel } from './model.js';

/** Reads extensions, each once a request, and finds out what `~` is. */
export function createExtensionLoader({ upstream, records, report }: LoaderParts) {
  const read = (owner: ExtensionOwner): Promise<Json> =>
    records.load(EXTENSIONS, { accountId: owner.accountId }, owner.extensionId);

  return {
    /** An extension that is not read until a field needs it. */
    refer(owner: ExtensionOwner, uri?: unknown, known: Partial<ExtensionFields> = {}): ExtensionModel {
      return { __typename: 'Extension', owner, uri, known };
    },

    /** @throws GatewayError */
    async load(owner: ExtensionOwner): Promise<ExtensionFields> {
      return toExtensionFields(await read(owner), report);
    },

    /**
     * The real ids of an owner: as they were asked for, as earlier answers have shown, as a record's own `uri` says;
     * else by a read of the extension.
     * @throws GatewayError
     */
    identify<T extends Owned>(owner: T, uri?: unknown): T | Promise<T> {
      return upstream.identify(owner, uri) ?? identifyByReading(owner, owner);
    },

    /** The real account of an extension. @throws GatewayError */
    identifyAccount(owner: ExtensionOwner, uri?: unknown): Owned | Promise<Owned> {
      const account: Owned = { accountId: owner.accountId };
      return upstream.identify(account, uri) ?? identifyByReading(account, owner);
    },
  };

  async function identifyByReading<T extends Owned>(
    owner: T,
    { accountId, extensionId = '~' }: Owned,
  ): Promise<T> {
    const identified = upstream.identifyByExtension(owner, await read({ accountId, extensionId }));
    if (identified !== undefined) return identified;
    throw new GatewayError('RingCentral did not tell whose this is.', { code: 'UPSTREAM_INVALID_RESPONSE' });
  }
}

interface Owned {
  readonly accountId: string;
  readonly extensionId?: string;
}
