import type { Domain } from '../domain-kit/domain.js';
import type { LoaderParts } from '../domain-kit/loader-parts.js';
import { createBlockedNumberLoader } from './blocked-number/loader.js';
import { blockedNumber } from './blocked-number/resolvers.js';
import { createBlockedNumberWriter } from './blocked-number/writer.js';
import { createExtensionLoader } from './extension/loader.js';
import { extension } from './extension/resolvers.js';
import { createForwardingNumberLoader } from './forwarding-number/loader.js';
import { forwardingNumber } from './forwarding-number/resolvers.js';
import { createForwardingNumberWriter } from './forwarding-number/writer.js';
import { createNodeDomain } from './node/resolvers.js';
import { createNumberParserLoader } from './number-parser/loader.js';
import { numberParser } from './number-parser/resolvers.js';
import { createPhoneNumberLoader } from './phone-number/loader.js';
import { phoneNumber } from './phone-number/resolvers.js';
import { rateLimit } from './rate-limit/resolvers.js';

const withRecords = [extension, blockedNumber, forwardingNumber, phoneNumber];

/** Every domain: the only list of them. */
export const domains: readonly Domain[] = [
  ...withRecords,
  numberParser,
  rateLimit,
  createNodeDomain(withRecords.flatMap(({ nodes = [] }) => nodes)),
];

/** One request's loaders. */
export const createLoaders = (parts: LoaderParts) => ({
  extension: createExtensionLoader(parts),
  blockedNumber: createBlockedNumberLoader(parts),
  forwardingNumber: createForwardingNumberLoader(parts),
  phoneNumber: createPhoneNumberLoader(parts),
  numberParser: createNumberParserLoader(parts),
});

/** One request's writers. */
export const createWriters = (parts: LoaderParts) => ({
  blockedNumber: createBlockedNumberWriter(parts),
  forwardingNumber: createForwardingNumberWriter(parts),
});
