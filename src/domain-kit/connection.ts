import { GatewayError } from '../errors.js';
import { isJson, toCount, type Json } from './json.js';
import { toCursor, toPages, type Slice } from './slice.js';

/** A slice of a list, as Relay's cursor specification has it. A malformed record is an error in its place. */
export class Connection<Node, Edge extends ConnectionEdge<Node> = ConnectionEdge<Node>> {
  readonly edges: readonly Edge[];
  readonly totalCount: number | null;
  readonly pageCount: number | null;
  readonly #hasNextPage: boolean;
  readonly #hasPreviousPage: boolean;

  constructor(slice: Slice, found: Found, edges: readonly Edge[]) {
    this.edges = edges;
    this.totalCount = found.totalCount;
    this.pageCount = found.pageCount;
    this.#hasNextPage = found.more;
    this.#hasPreviousPage = slice.offset > 0;
  }

  get nodes(): readonly (Node | Error)[] {
    return this.edges.map(({ node }) => node);
  }

  get pageInfo() {
    return {
      hasNextPage: this.#hasNextPage,
      hasPreviousPage: this.#hasPreviousPage,
      startCursor: this.edges[0]?.cursor ?? null,
      endCursor: this.edges.at(-1)?.cursor ?? null,
    };
  }
}

export class ConnectionEdge<Node> {
  readonly node: Node | Error;
  readonly #filter: string;
  readonly #position: number;

  constructor(filter: string, position: number, node: Node | Error) {
    this.#filter = filter;
    this.#position = position;
    this.node = node;
  }

  get cursor(): string {
    return toCursor(this.#filter, this.#position);
  }
}

/** What upstream's pages hold of a slice. */
interface Found {
  readonly records: readonly unknown[];
  readonly more: boolean;
  /** Upstream's own claims; they lie at times. */
  readonly totalCount: number | null;
  readonly pageCount: number | null;
}

export interface ConnectionSource<Node> {
  readonly slice: Slice;
  readonly filter: string;
  fetchPage(page: number, perPage: number): Promise<Json>;
  /** @throws GatewayError for a malformed record */
  toNode(record: Json): Node;
}

/** Reads a slice by at most two upstream pages. @throws GatewayError */
export async function readConnection<Node>(source: ConnectionSource<Node>): Promise<Connection<Node>> {
  return readConnectionWith(
    source,
    (_record, position, node) => new ConnectionEdge(source.filter, position, node),
  );
}

/** As `readConnection`, with edges that carry more than the node. */
export async function readConnectionWith<Node, Edge extends ConnectionEdge<Node>>(
  source: ConnectionSource<Node>,
  toEdge: (record: unknown, position: number, node: Node | Error) => Edge,
): Promise<Connection<Node, Edge>> {
  const { slice } = source;
  const found = await findRecords(source);
  const edges = found.records.map((record, index) =>
    toEdge(record, slice.offset + index, toNodeOrError(record, source)),
  );
  return new Connection(slice, found, edges);
}

/** A connection without entries, where it is certain that upstream has none. */
export const emptyConnection = <Node>(slice: Slice): Connection<Node> =>
  new Connection(slice, { records: [], more: false, totalCount: 0, pageCount: null }, []);

async function findRecords({ slice, fetchPage }: ConnectionSource<unknown>): Promise<Found> {
  const { perPage, firstPage, count } = toPages(slice);
  const page = readPage(await fetchPage(firstPage, perPage));
  const start = slice.offset - (firstPage - 1) * perPage;
  let records = page.records.slice(start, start + slice.size);
  let more = page.hasNext || page.records.length > start + slice.size;
  if (count === 2 && page.hasNext && records.length < slice.size) {
    const next = readPage(await fetchPage(firstPage + 1, perPage));
    const missing = slice.size - records.length;
    records = [...records, ...next.records.slice(0, missing)];
    more = next.hasNext || next.records.length > missing;
  }
  return {
    records,
    more,
    totalCount: page.totalCount,
    pageCount: perPage === slice.size ? page.pageCount : null,
  };
}

function readPage(json: Json) {
  const { records, paging, navigation } = json;
  if (!Array.isArray(records)) throw invalid('RingCentral gave a list without records.');
  const nextPage = isJson(navigation) ? navigation['nextPage'] : undefined;
  return {
    records: records as readonly unknown[],
    hasNext: isJson(nextPage) && typeof nextPage['uri'] === 'string',
    totalCount: isJson(paging) ? toCount(paging['totalElements']) : null,
    pageCount: isJson(paging) ? toCount(paging['totalPages']) : null,
  };
}

function toNodeOrError<Node>(record: unknown, { toNode }: ConnectionSource<Node>): Node | Error {
  try {
    if (!isJson(record)) throw invalid('RingCentral gave a malformed record.');
    return toNode(record);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

const invalid = (message: string) => new GatewayError(message, { code: 'UPSTREAM_INVALID_RESPONSE' });
