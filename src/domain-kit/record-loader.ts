import DataLoader from 'dataloader';
import { groupBy } from '../lib/group-by.js';
import type { Owner, Resource } from '../upstream/resource.js';
import type { Upstream } from '../upstream/upstream.js';
import type { Json } from './json.js';

interface Key {
  readonly resource: Resource;
  readonly owner: Owner;
  readonly id: string;
  /** The generation in which it is asked for: after a write the same id is another key. */
  readonly text: string;
}

/** One request's look-ups by id, of all domains: each id is asked for once, however often and wherever it is written. */
export class RecordLoader {
  readonly #upstream: Upstream;
  readonly #loader: DataLoader<Key, Json, string>;

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
    this.#loader = new DataLoader((keys) => this.#loadAll(keys), { cacheKeyFn: ({ text }) => text });
  }

  /** The record's JSON. @throws GatewayError */
  load(resource: Resource, owner: Owner, id: string): Promise<Json> {
    return this.#loader.load(this.#keyOf(resource, owner, id));
  }

  #keyOf(resource: Resource, asked: Owner, askedId: string): Key {
    const { owner, id } = this.#upstream.locate(resource, asked, askedId);
    const generation = String(this.#upstream.generation(resource.domain));
    const { accountId, extensionId = '' } = owner;
    const text = [generation, resource.operations.get, accountId, extensionId, id].join('/');
    return { resource, owner, id, text };
  }

  async #loadAll(keys: readonly Key[]): Promise<(Json | Error)[]> {
    const collections = groupBy(keys, ({ text, id }) => text.slice(0, text.length - id.length));
    const results = new Map<string, Json | Error>();
    await Promise.all(
      [...collections.values()].map(async (group) => {
        const [{ resource, owner }] = group;
        const found = await this.#upstream.lookUp(
          resource,
          owner,
          group.map(({ id }) => id),
        );
        for (const [index, key] of group.entries()) {
          const result = found[index] ?? new Error('A look-up has no outcome.');
          results.set(key.text, result);
          this.#rememberRealIds(key, result);
        }
      }),
    );
    return keys.map(({ text }) => results.get(text) ?? new Error('A look-up has no outcome.'));
  }

  /** An answer may have shown what `~` is: who asks by the real ids from now on is answered too. */
  #rememberRealIds(key: Key, result: Json | Error): void {
    const real = this.#keyOf(key.resource, key.owner, key.id);
    if (
      real.id !== key.id ||
      real.owner.accountId !== key.owner.accountId ||
      real.owner.extensionId !== key.owner.extensionId
    ) {
      this.#loader.prime(real, result);
    }
  }
}
