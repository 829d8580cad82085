/** What is asked, by whom, and how an answer is judged. Shared by the load, the stand-in for upstream and the floor. */

export interface Request {
  readonly body: string;
  /** Records in the answer: each carries the asking caller's marker. */
  readonly records: number;
}

export interface Workload {
  readonly title: string;
  /** Sent at once by one caller. */
  readonly requests: readonly Request[];
  readonly concurrency: number;
}

const RECORD = 'id resourceId phoneNumber label status';
const TOKENS = 2000;

export const blockedId = (n: number) => Buffer.from(String(17_179_660_000 + n)).toString('base64url');
/** The `n`-th caller's credential; they come round again, long after the request that used one is over. */
export const authorization = (n: number) => `Bearer U${String(n % TOKENS).padStart(7, '0')}`;
export const markerOf = (credential: string) => `mk~${credential.slice(-8)}`;

const post = (
  operationName: string | undefined,
  query: string,
  variables: object,
  records: number,
): Request => ({
  body: JSON.stringify({ operationName, query, variables }),
  records,
});

export const list = (size: number) =>
  post(
    'List',
    `query List($perPage: Int) { extension { phoneNumbers(perPage: $perPage) { nodes {
      id resourceId phoneNumber label type usageType status country { name } extension { name extensionNumber }
    } } } }`,
    { perPage: size },
    size,
  );

export function aliases(count: number): Request {
  const lookUp = (n: number) =>
    `b${String(n)}: blockedNumber(resourceId: "${blockedId(n * 3)}") { ${RECORD} }`;
  const fields = Array.from({ length: count }, (_, n) => lookUp(n));
  return post('Aliases', `query Aliases { extension { ${fields.join('\n')} } }`, {}, count);
}

const ids = (count: number) => Array.from({ length: count }, (_, n) => blockedId(n * 3));
const byList = post(
  'ByList',
  `query ByList($ids: [ID!]!) { extension { blockedNumbersByResourceId(resourceIds: $ids) { ${RECORD} } } }`,
  { ids: ids(30) },
  30,
);

const NAMES = ['a', 'b', 'c', 'd', 'e'];
const few = (first: number) =>
  post(
    'Few',
    `query Few(${NAMES.map((name) => `$${name}: ID!`).join(', ')}) { extension { ${NAMES.map(
      (name) => `${name}: blockedNumber(resourceId: $${name}) { ${RECORD} }`,
    ).join('\n')} } }`,
    Object.fromEntries(NAMES.map((name, n) => [name, blockedId(first + n)])),
    NAMES.length,
  );

export const WORKLOADS: Readonly<Record<string, Workload>> = {
  W0: { title: '{ __typename }', requests: [post(undefined, '{ __typename }', {}, 0)], concurrency: 16 },
  W1: { title: 'a list of 100 numbers', requests: [list(100)], concurrency: 16 },
  W2: { title: '30 look-ups by 30 aliases', requests: [aliases(30)], concurrency: 16 },
  W2b: { title: 'the same 30 by one list argument', requests: [byList], concurrency: 16 },
  // Six requests of five overlapping look-ups each, ten ids in all, and the same list twice.
  W3: {
    title: 'a page of 8 requests at once',
    requests: [...[0, 1, 2, 3, 4, 5].map(few), list(100), list(100)],
    concurrency: 4,
  },
};

/** A workload by name: also `list:SIZE` and `aliases:COUNT`, for the cost against size. */
export function findWorkload(name: string): Workload {
  const [kind, size] = name.split(':');
  if (size !== undefined) {
    const request = kind === 'list' ? list(Number(size)) : aliases(Number(size));
    return { title: name, requests: [request], concurrency: 16 };
  }
  const workload = WORKLOADS[name];
  if (workload === undefined) throw new Error(`There is no workload ${name}.`);
  return workload;
}

/** What is wrong with an answer: it is not whole, or holds a record of somebody else. */
export function findFault(status: number, text: string, records: number, marker: string): string | undefined {
  if (status !== 200 || text.includes('"errors"')) return `status ${String(status)}: ${text.slice(0, 200)}`;
  const markers = text.match(/mk~.{8}/g) ?? [];
  if (markers.some((found) => found !== marker)) return 'a record of another caller';
  return markers.length === records ? undefined : `${String(markers.length)} records for ${String(records)}`;
}
