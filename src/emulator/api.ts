import type { Answer } from './answer.js';
import { serveBatch, type BatchManner } from './batch.js';
import {
  appLacks,
  expiredToken,
  refuse,
  unknownAddress,
  unknownMethod,
  unknownToken,
  userLacks,
} from './error-body.js';
import { decode, readJson, type Incoming } from './incoming.js';
import { findOwner } from './owner.js';
import type { RateLimits } from './rate-limits.js';
import { findRoute, type Match } from './router.js';
import type { Grant, State } from './state.js';

export interface ApiOptions {
  readonly state: State;
  readonly limits: RateLimits;
  readonly authenticate: (token: string) => Grant | 'expired' | undefined;
}

/** What RingCentral would answer: its gateway first, then the limits, then permissions, then the resource. */
export function answerApi(incoming: Incoming, options: ApiOptions, manner: BatchManner): Answer {
  const match = findRoute(incoming.method, incoming.path);
  if (match === 'unknownAddress') return unknownAddress();
  if (match === 'unknownMethod') return unknownMethod();
  const grant = incoming.token === undefined ? undefined : options.authenticate(incoming.token);
  if (grant === undefined) return unknownToken();
  if (grant === 'expired') return expiredToken();
  const { app, accountId, extensionId, marker = '' } = grant;
  const { allowed, headers } = options.limits.take(
    [app.id, accountId, extensionId, marker].join('/'),
    match.route.group,
  );
  const answer = allowed
    ? serve(incoming, match, grant, options.state, manner)
    : refuse(429, 'CMN-301', 'Request rate exceeded');
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function serve(incoming: Incoming, match: Match, grant: Grant, state: State, manner: BatchManner): Answer {
  const { route } = match;
  if (route.needs && !grant.app.permissions.has(route.needs.app)) return appLacks(route.needs.app);
  if (route.needs && !grant.permissions.has(route.needs.user)) return userLacks(route.needs.user);
  const owner = findOwner(state, grant, match);
  if ('status' in owner) return owner;
  const asked = { ...owner, grant, query: new URLSearchParams(incoming.query) };
  if (incoming.body !== '' && !/^(application\/|multipart\/mixed)/.test(incoming.contentType))
    return { status: 415 };
  // Where there is no batch form, and where it is encoded, a comma is a character like any other.
  const ids = route.path.endsWith('{ids}') ? (match.ids ?? '').split(',') : [match.ids ?? ''];
  if (ids.length > 1) return serveBatch(incoming, route, asked, ids.map(decode), manner);
  const body = readJson(incoming);
  return body === undefined
    ? refuse(400, 'CMN-103', 'Unable to parse the JSON of the request')
    : route.answer({ ...asked, id: decode(ids[0] ?? ''), body });
}
