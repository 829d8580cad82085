import { readBatchBodies, tryParse, writeBatch, type Variant } from './batch.js';
import { BLOCKED_ROUTES } from './blocked-routes.js';
import { notFound, refuse, unknownAddress, type Answer } from './error-body.js';
import { FORWARDING_ROUTES } from './forwarding-routes.js';
import { NUMBER_ROUTES } from './number-routes.js';
import type { RateLimits } from './rate-limits.js';
import type { Call, Route } from './route.js';
import { isJson, type Grant, type State } from './state.js';

export interface Incoming {
  readonly method: string;
  /** As it came, without the query. */
  readonly path: string;
  readonly query: string;
  readonly token: string | undefined;
  readonly accept: string;
  readonly contentType: string;
  readonly body: string;
}

export interface World {
  readonly state: State;
  readonly limits: RateLimits;
  readonly batchLimit: number;
  readonly variant: Variant;
  readonly grantOf: (token: string) => Grant | undefined;
}

const ROUTES: readonly Route[] = [...BLOCKED_ROUTES, ...FORWARDING_ROUTES, ...NUMBER_ROUTES];

const PREFIX = {
  extension: String.raw`account/(?<account>[^/]+)/extension/(?<extension>[^/]+)/`,
  account: String.raw`account/(?<account>[^/]+)/`,
  version: '',
};

const PATTERNS = ROUTES.map((route) => ({
  route,
  pattern: new RegExp(
    `^/restapi/v1\\.0/${PREFIX[route.below]}${route.path.replace(/\{ids?\}/, '(?<ids>[^/]+)')}$`,
  ),
}));

/** What RingCentral would answer: its gateway first, then permissions, then the resource. */
export function handle(incoming: Incoming, world: World): Answer {
  const { method, path, token } = incoming;
  const found = PATTERNS.flatMap(({ route, pattern }) => {
    const matched = pattern.exec(path);
    return matched === null ? [] : [{ route, groups: matched.groups ?? {} }];
  });
  if (found.length === 0) return unknownAddress();
  const match = found.find(({ route }) => route.method === method);
  if (match === undefined) {
    return { status: 405, body: { errorCode: 'CMN-111', message: 'Method is not allowed', errors: [] } };
  }
  const grant = token === undefined ? undefined : world.grantOf(token);
  if (token === undefined || grant === undefined) return refuse(401, 'OAU-213', 'Token not found');
  const { allowed, headers } = world.limits.take(
    `${grant.accountId}/${grant.extensionId}/${grant.marker ?? ''}`,
    match.route.group,
  );
  const answer = allowed
    ? serve(incoming, world, match.route, match.groups, grant)
    : refuse(429, 'CMN-301', 'Request rate exceeded');
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function serve(
  incoming: Incoming,
  world: World,
  route: Route,
  groups: Record<string, string>,
  grant: Grant,
): Answer {
  if (route.permission !== undefined && !grant.permissions.has(route.permission)) {
    const message = `In order to call this API endpoint, user needs to have [${route.permission}] permission for requested resource.`;
    return refuse(403, 'CMN-408', message, { permissionName: route.permission });
  }
  const owner = findOwner(world.state, grant, groups);
  if ('status' in owner) return owner;
  const base = {
    method: incoming.method,
    path: incoming.path.replace('/restapi/v1.0', ''),
    query: new URLSearchParams(incoming.query),
    state: world.state,
    grant,
    ...owner,
  };
  const ids = groups['ids'] === undefined ? [] : groups['ids'].split(',').map(decode);
  if (route.path.endsWith('{ids}') && ids.length > 1) return serveBatch(incoming, world, route, base, ids);
  // Where there is no batch form, a comma is a character like any other.
  const id = route.path.endsWith('{id}') ? decode(groups['ids'] ?? '') : (ids[0] ?? '');
  const own = id === '~' ? grant.extensionId : id;
  if (route.path === 'extension/{id}' && !grant.seesAll && own !== grant.extensionId)
    return notFound('extensionId');
  const body = readJson(incoming);
  if (body === null) return refuse(400, 'CMN-103', 'Unable to parse the request');
  return route.answer({ ...base, id: route.path === 'extension/{id}' ? own : id, body });
}

function serveBatch(
  incoming: Incoming,
  world: World,
  route: Route,
  base: Omit<Call, 'id' | 'body'>,
  ids: readonly string[],
): Answer {
  if (ids.length > world.batchLimit) {
    return refuse(400, 'CMN-106', `Batch request is limited to ${String(world.batchLimit)} entries`);
  }
  const bodies =
    incoming.method === 'PUT' ? readBatchBodies(incoming.contentType, incoming.body, ids.length) : [];
  if ('status' in bodies) return bodies;
  const items = ids.map((id, index) => ({ id, answer: route.answer({ ...base, id, body: bodies[index] }) }));
  return writeBatch(items, {
    path: base.path,
    accept: incoming.accept,
    method: incoming.method,
    variant: world.variant,
  });
}

/** The account and extension of the path; who may not see them is told that they are not there. */
function findOwner(
  state: State,
  grant: Grant,
  groups: Record<string, string>,
): Pick<Call, 'account' | 'extension'> | Answer {
  const accountId = decode(groups['account'] ?? '~');
  const account = state.accounts.get(accountId === '~' ? grant.accountId : accountId);
  if (account === undefined || account.id !== grant.accountId) return notFound('accountId');
  const extensionId = decode(groups['extension'] ?? '~');
  const extension = account.extensions.get(extensionId === '~' ? grant.extensionId : extensionId);
  if (extension === undefined || (!grant.seesAll && extension.id !== grant.extensionId))
    return notFound('extensionId');
  return { account, extension };
}

/** Undefined without a body, null for one that is no JSON object. */
function readJson({ body }: Incoming): Call['body'] | null {
  if (body === '') return undefined;
  const json = tryParse(body);
  return isJson(json) ? json : null;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
