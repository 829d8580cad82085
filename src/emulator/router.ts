import { BLOCKED_ROUTES } from './blocked-routes.js';
import { EXTENSION_ROUTES } from './extension-routes.js';
import { FORWARDING_ROUTES } from './forwarding-routes.js';
import { NUMBER_PARSER_ROUTES } from './number-parser-routes.js';
import { PHONE_NUMBER_ROUTES } from './phone-number-routes.js';
import type { Route } from './route.js';

export interface Match {
  readonly route: Route;
  /** Segments of the path as they came; undefined for what it does not name. */
  readonly account: string | undefined;
  readonly extension: string | undefined;
  readonly ids: string | undefined;
}

const OWNERS = {
  extension: ['account/(?<account>[^/]+)', 'extension/(?<extension>[^/]+)'],
  account: ['account/(?<account>[^/]+)'],
  version: [],
};

const PATTERNS = [
  ...BLOCKED_ROUTES,
  ...FORWARDING_ROUTES,
  ...PHONE_NUMBER_ROUTES,
  ...EXTENSION_ROUTES,
  ...NUMBER_PARSER_ROUTES,
].map((route) => {
  const own = route.path.replace(/\{ids?\}/, '(?<ids>[^/]+)');
  const path = [...OWNERS[route.below], ...(own === '' ? [] : [own])].join('/');
  return { route, pattern: new RegExp(String.raw`^/restapi/v1\.0/${path}$`) };
});

/** RingCentral's names of all that can be asked for. */
export const OPERATIONS: ReadonlySet<string> = new Set(PATTERNS.map(({ route }) => route.operation));

/** What an address and method ask for. An address with no such method, or no such address, has its word for it. */
export function findRoute(method: string, path: string): Match | 'unknownMethod' | 'unknownAddress' {
  let known = false;
  for (const { route, pattern } of PATTERNS) {
    const matched = pattern.exec(path);
    if (matched === null) continue;
    if (route.method === method) {
      const { account, extension, ids } = matched.groups ?? {};
      return { route, account, extension, ids };
    }
    known = true;
  }
  return known ? 'unknownMethod' : 'unknownAddress';
}
