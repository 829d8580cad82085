import type { Upstream } from '../upstream/upstream.js';
import type { ReportUnknown } from './open-enum.js';
import type { RecordLoader } from './record-loader.js';

/** What every domain's loader is made of, for one request. */
export interface LoaderParts {
  readonly upstream: Upstream;
  readonly records: RecordLoader;
  readonly report: ReportUnknown;
}
