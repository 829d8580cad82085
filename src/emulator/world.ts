import type { Clock } from '../lib/clock.js';
import type { Answer } from './answer.js';
import { answerApi } from './api.js';
import { Faults, type FaultOrder } from './faults.js';
import type { Incoming } from './incoming.js';
import { DEFAULT_VARIANT, type Variant } from './multi-status.js';
import { Logins, type Lifetimes } from './oauth-logins.js';
import { answerOAuth, oauthOperation } from './oauth.js';
import { RateLimits, type RateLimitOptions } from './rate-limits.js';
import { findRoute } from './router.js';
import { createSeed, DEMO_APP, toSyntheticGrant, type SeedSizes } from './seed.js';
import type { Grant } from './state.js';

/** The app that may ask for logins, and how they go. */
export interface OAuthSettings extends Lifetimes {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The addresses that the app is registered with; any of http or https where it is left out. */
  readonly redirectUris?: readonly string[] | undefined;
  /** The name of a user who agrees at once, without the login page: `Ann Archer`. */
  readonly autoLogin?: string | undefined;
}

export interface WorldOptions {
  readonly clock: Clock;
  readonly batchLimit: number;
  readonly limits: RateLimitOptions;
  readonly variant: Partial<Variant>;
  readonly seed: Partial<SeedSizes>;
  readonly oauth: OAuthSettings;
  readonly syntheticTokens: ((token: string) => { readonly marker: string } | undefined) | undefined;
}

/** All that changes while the emulator runs; a new one is as at the start. */
export interface World {
  readonly faults: Faults;
  readonly logins: Logins;
  variant: Variant;
  answer(incoming: Incoming, fault: FaultOrder | undefined): Answer;
}

export function createWorld(options: WorldOptions): World {
  const { clock, batchLimit, oauth, syntheticTokens } = options;
  const state = createSeed(options.seed);
  const limits = new RateLimits(clock, options.limits);
  const logins = new Logins(clock, oauth);
  const { clientId, clientSecret, redirectUris, autoLogin } = oauth;
  const authorization = {
    clientId,
    clientSecret,
    redirectUris,
    autoLogin,
    limits,
    logins,
    users: state.users,
  };

  function authenticate(token: string): Grant | 'expired' | undefined {
    const synthetic = syntheticTokens?.(token);
    if (synthetic !== undefined) return toSyntheticGrant(synthetic.marker);
    const known = state.expiredTokens.has(token) ? 'expired' : state.grants.get(token);
    if (known !== undefined) return known;
    const user = logins.use(token);
    return typeof user === 'object' ? { ...user, app: DEMO_APP } : user;
  }

  return {
    faults: new Faults(),
    logins,
    variant: { ...DEFAULT_VARIANT, ...options.variant },
    answer(incoming, fault) {
      return (
        answerOAuth(incoming, authorization) ??
        answerApi(
          incoming,
          { state, limits, authenticate },
          { limit: batchLimit, variant: this.variant, edit: fault?.batch },
        )
      );
    },
  };
}

/** RingCentral's name of what is asked for; undefined for an address that it does not have. */
export function operationOf(method: string, path: string): string | undefined {
  const oauth = oauthOperation({ method, path });
  if (oauth !== undefined) return oauth;
  const match = findRoute(method, path);
  return typeof match === 'string' ? undefined : match.route.operation;
}
