import { UNITED_STATES } from './countries.js';
import { toFictionalNumber } from './fictional-numbers.js';
import type { Json } from './json.js';
import type { PhoneNumber } from './state.js';

/** What extensions may do with numbers; one thing is nothing that we know. */
export const FEATURES: readonly (readonly string[])[] = [
  ['CallerId', 'SmsSender', 'MmsSender'],
  ['CallerId'],
  ['CallerId', 'A2PSmsSender', 'TelepathySender'],
  [],
];

const OWN_USAGE_TYPES = [
  'DirectNumber',
  'DirectNumber',
  'ForwardedNumber',
  'CompanyFaxNumber',
  'ELIN',
  'HologramNumber',
];
const AREAS = [650, 212];
const TOLL_FREE_AREAS = [800, 888];
/** One number of which nothing is known but its id. */
const BARE = 34;
/** Every so many numbers one is the company's and shown to all. */
const SHARE = 5;
const LABELS = ['Line', 'Front desk', 'Hotline'];

/** `account`: 0 or 1. Half of the company's numbers have an owner all the same. */
export function createPhoneNumber(
  account: number,
  index: number,
  extensionId: (index: number) => string,
): PhoneNumber {
  const id = 299_282_000 + account * 100_000 + index;
  const shared = index % SHARE === 0;
  return {
    id: String(id),
    shared,
    ownerId: index % 10 === 0 ? undefined : extensionId(index),
    // An integer but for a few records, as old answers had it.
    fields: { id: index % 10 === 7 ? String(id) : id, ...(index === BARE ? {} : toFields(account, index)) },
  };
}

function toFields(account: number, index: number): Json {
  const tollFree = index % 7 === 0;
  return {
    phoneNumber: toFictionalNumber((tollFree ? TOLL_FREE_AREAS : AREAS)[account] ?? 0, 1000 + index),
    paymentType: tollFree ? 'TollFree' : index % 23 === 22 ? 'Barter' : 'Local',
    ...(index % 8 !== 5 && { location: index % 3 === 0 ? 'Belmont, CA' : 'San Mateo, CA' }),
    type: index % 9 === 8 ? null : 'VoiceFax',
    usageType: toUsageType(index, index % SHARE === 0),
    status: index % 11 === 10 ? 'PortedIn' : 'Normal',
    ...(index % 4 !== 3 && {
      label: index === 12 ? '' : `${LABELS[index % LABELS.length] ?? ''} ${index}`,
    }),
    ...(index % 6 !== 5 && { primary: index === 0 }),
    callerIdName: index % 12 === 9 ? null : 'Example Ltd',
    country: UNITED_STATES,
  };
}

function toUsageType(index: number, shared: boolean): string | undefined {
  if (index === 0) return 'MainCompanyNumber';
  return shared ? 'CompanyNumber' : OWN_USAGE_TYPES[index % OWN_USAGE_TYPES.length];
}
