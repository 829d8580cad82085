import DataLoader from 'dataloader';
import { getOrAdd } from '../lib/get-or-add.js';
import type { Owner, Resource } from '../upstream/resource.js';
import type { Upstream } from '../upstream/upstream.js';
import type { Json } from './json.js';

/** Runs a task when it is time for it. */
export type Schedule = (task: () => void) => void;

/** The look-ups by id in one collection and generation: after a write the same id is asked for again. */
type Collection = DataLoader<string, Json>;

/** One request's look-ups by id, of all domains: each id is asked for once, however often and wherever it is written. */
export class RecordLoader {
  readonly #upstream: Upstream;
  readonly #schedule: Schedule;
  readonly #collections = new Map<string, Collection>();

  /** @param schedule when what has been asked for is to leave */
  constructor(upstream: Upstream, schedule: Schedule) {
    this.#upstream = upstream;
    this.#schedule = schedule;
  }

  /** The record's JSON. @throws GatewayError */
  load(resource: Resource, asked: Owner, askedId: string): Promise<Json> {
    const { owner, id } = this.#upstream.locate(resource, asked, askedId);
    return this.#collectionOf(resource, owner, this.#upstream.generation(resource.domain)).load(id);
  }

  #collectionOf(resource: Resource, owner: Owner, generation: number): Collection {
    const { accountId, extensionId = '' } = owner;
    const key = `${String(generation)} ${resource.operations.get} ${accountId} ${extensionId}`;
    return getOrAdd(this.#collections, key, () => {
      const load = (ids: readonly string[]) => this.#loadAll(resource, owner, generation, ids);
      // After the promises of this turn, as DataLoader does by itself: they may ask for more.
      const batchScheduleFn = (dispatch: () => void) => {
        this.#schedule(() => {
          void Promise.resolve().then(() => {
            process.nextTick(dispatch);
          });
        });
      };
      return new DataLoader(load, { batchScheduleFn });
    });
  }

  async #loadAll(resource: Resource, owner: Owner, generation: number, ids: readonly string[]) {
    const found: readonly (Json | Error)[] = await this.#upstream.lookUp(resource, owner, ids);
    // An answer may have shown what `~` is: who asks by the real ids from now on is answered too.
    for (const [index, id] of ids.entries()) {
      const real = this.#upstream.locate(resource, owner, id);
      if (real.owner === owner && real.id === id) continue;
      this.#collectionOf(resource, real.owner, generation).prime(real.id, found[index] ?? new Error(LOST));
    }
    return found;
  }
}

const LOST = 'A look-up has no outcome.';
