import type { GatewayError } from '../errors.js';
import type { JsonRecord } from './json.js';
import type { Budget, RateLimitState } from './rate-limit.js';
import type { Reads } from './reads.js';
import type { UpstreamRequest, UpstreamStats } from './request.js';
import { ownerOf, ownerOfExtension, toPath, type Owner, type Query, type Resource } from './resource.js';
import type { Change, Writes, Written } from './writes.js';

/** RingCentral as one request of one caller sees it: all that the domains know of it. */
export class Upstream {
  readonly #request: UpstreamRequest;
  readonly #reads: Reads;
  readonly #writes: Writes;
  readonly #budget: Budget;

  constructor(request: UpstreamRequest, parts: { reads: Reads; writes: Writes; budget: Budget }) {
    this.#request = request;
    this.#reads = parts.reads;
    this.#writes = parts.writes;
    this.#budget = parts.budget;
  }

  get stats(): Readonly<UpstreamStats> {
    return this.#request.stats;
  }

  /** The owner with `~` replaced by the real ids, as far as this caller's answers have shown them. */
  canonical<T extends Owner>(owner: T): T {
    return this.#request.caller.canonical(owner);
  }

  /** Where an id of a collection stands, as far as it is known. */
  locate(resource: Resource, owner: Owner, id: string): { owner: Owner; id: string } {
    return this.#request.caller.locate(resource, owner, id);
  }

  /** The owner's real ids: as known, else as a record's own `uri` names them; undefined where neither tells all. */
  identify<T extends Owner>(owner: T, uri: unknown): T | undefined {
    const known = this.canonical(owner);
    return isReal(known) ? known : complete(known, ownerOf(uri));
  }

  /** The owner's real ids: as known, else as the JSON of the extension itself tells. */
  identifyByExtension<T extends Owner>(owner: T, extension: JsonRecord): T | undefined {
    const known = this.canonical(owner);
    return isReal(known) ? known : complete(known, ownerOfExtension(extension));
  }

  /** Changes with every write of the caller to the domain: what was read under an earlier one is old. */
  generation(domain: string): number {
    return this.#request.caller.generation(domain).id;
  }

  /**
   * Looks records up by id, folded with whatever else of this caller waits: one record or error an id, in order.
   * @param ids distinct, each one path segment
   */
  lookUp(
    resource: Resource,
    owner: Owner,
    ids: readonly string[],
  ): Promise<readonly (JsonRecord | GatewayError)[]> {
    return this.#reads.lookUp(this.#request, resource, owner, ids);
  }

  /** One page of a collection, as upstream answers it. @throws GatewayError */
  list(resource: Resource<'list'>, owner: Owner, query: Query): Promise<JsonRecord> {
    return this.#reads.read(this.#request, {
      domain: resource.domain,
      operation: resource.operations.list,
      method: 'GET',
      owner,
      path: (of) => toPath(resource.path(of), [], query),
      isWhole: ({ records }) => Array.isArray(records),
    });
  }

  /** A POST that changes nothing, and is shared and repeated like a GET. @throws GatewayError */
  ask(what: {
    domain: string;
    operation: string;
    path: readonly string[];
    query: Query;
    body: JsonRecord;
    isWhole: (json: JsonRecord) => boolean;
  }) {
    return this.#reads.read(this.#request, {
      domain: what.domain,
      operation: what.operation,
      method: 'POST',
      owner: { accountId: '~' },
      path: () => toPath(what.path, [], what.query),
      body: JSON.stringify(what.body),
      isWhole: what.isWhole,
    });
  }

  create(resource: Resource<'create'>, owner: Owner, body: JsonRecord): Promise<Written> {
    return this.#writes.create(this.#request, resource, owner, body);
  }

  update(
    resource: Resource<'get' | 'update'>,
    owner: Owner,
    changes: readonly Change[],
    options: { readFirst: boolean },
  ): Promise<readonly Written[]> {
    return this.#writes.update(this.#request, resource, owner, changes, options);
  }

  remove(resource: Resource<'remove'>, owner: Owner, ids: readonly string[]): Promise<readonly Written[]> {
    return this.#writes.remove(this.#request, resource, owner, ids);
  }

  /** What is known of the caller's budget; costs no call. */
  rateLimits(): readonly RateLimitState[] {
    return this.#budget.snapshot(this.#request.caller.key);
  }
}

const isReal = ({ accountId, extensionId }: Owner) => accountId !== '~' && extensionId !== '~';

function complete<T extends Owner>(known: T, named: Owner | undefined): T | undefined {
  const accountId = known.accountId === '~' ? named?.accountId : known.accountId;
  const extensionId = known.extensionId === '~' ? named?.extensionId : known.extensionId;
  if (accountId === undefined || (known.extensionId !== undefined && extensionId === undefined))
    return undefined;
  return { ...known, accountId, ...(extensionId !== undefined && { extensionId }) };
}
