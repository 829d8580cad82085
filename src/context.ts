import type { ReportUnknown } from './domain-kit/open-enum.js';
import { RecordLoader } from './domain-kit/record-loader.js';
import { createLoaders, createWriters } from './domains/index.js';
import { UnauthenticatedError } from './errors.js';
import type { Upstream } from './upstream/upstream.js';

export interface ContextOptions {
  /** RingCentral as this request's caller sees it; undefined without a credential. */
  readonly upstream: Upstream | undefined;
  readonly report: ReportUnknown;
}

/**
 * What a request's resolvers share. Whatever needs a caller is made when it is first used: without a credential that
 * throws UnauthenticatedError, so that fields which need none are still answered.
 */
export function createContext({ upstream, report }: ContextOptions) {
  let loaders: ReturnType<typeof createLoaders> | undefined;
  let writers: ReturnType<typeof createWriters> | undefined;
  const requireUpstream = () => {
    if (upstream === undefined) throw new UnauthenticatedError();
    return upstream;
  };
  const parts = () => {
    const own = requireUpstream();
    return { upstream: own, records: new RecordLoader(own), report };
  };
  return {
    get upstream() {
      return requireUpstream();
    },
    get loaders() {
      return (loaders ??= createLoaders(parts()));
    },
    get writers() {
      return (writers ??= createWriters(parts()));
    },
  };
}

export type Context = ReturnType<typeof createContext>;
