import type { ReportUnknown } from './domain-kit/open-enum.js';
import { RecordLoader, type Schedule } from './domain-kit/record-loader.js';
import { createLoaders, createWriters } from './domains/index.js';
import { UnauthenticatedError } from './errors.js';
import type { Upstream } from './upstream/upstream.js';

export interface ContextOptions {
  /** RingCentral as this request's caller sees it; undefined without a credential. */
  readonly upstream: Upstream | undefined;
  readonly report: ReportUnknown;
  /** When the look-ups of the request leave. */
  readonly schedule: Schedule;
}

/** What one request's resolvers share, made from its caller's way to RingCentral. */
function createShare(upstream: Upstream, { report, schedule }: ContextOptions) {
  const parts = { upstream, records: new RecordLoader(upstream, schedule), report };
  return { upstream, loaders: createLoaders(parts), writers: createWriters(parts) };
}

type Share = ReturnType<typeof createShare>;

/**
 * The resolvers' context. What needs a caller throws UnauthenticatedError without one when it is first used, so that
 * fields which need none are answered all the same. (The getters lie on the prototype: Apollo copies the object, and a
 * copy reads every getter of its own.)
 */
export class Context {
  private readonly options: ContextOptions;
  private share: Share | undefined;

  constructor(options: ContextOptions) {
    this.options = options;
  }

  /** Before an id is judged, so that who asks without a credential learns that first. @throws UnauthenticatedError */
  requireCaller(): void {
    if (this.options.upstream === undefined) throw new UnauthenticatedError();
  }

  get upstream(): Upstream {
    return this.shared.upstream;
  }

  get loaders(): Share['loaders'] {
    return this.shared.loaders;
  }

  get writers(): Share['writers'] {
    return this.shared.writers;
  }

  private get shared(): Share {
    const { upstream } = this.options;
    if (upstream === undefined) throw new UnauthenticatedError();
    return (this.share ??= createShare(upstream, this.options));
  }
}
