import { ok, type Answer } from './answer.js';
import type { Json } from './json.js';
import { readFilter, toPage } from './paging.js';
import { accountUri, mark, type Call, type Route } from './route.js';
import type { Extension } from './state.js';

const STATUSES = new Set(['Enabled', 'Disabled', 'Frozen', 'NotActivated', 'Unassigned']);
const TYPES = new Set([
  'User',
  'Department',
  'Announcement',
  'Voicemail',
  'DigitalUser',
  'VirtualUser',
  'FaxUser',
  'PagingOnly',
  'SharedLinesGroup',
  'DelegatedLinesGroup',
  'GroupCallPickup',
  'IvrMenu',
  'ApplicationExtension',
  'ProxyAdmin',
  'RoomConnector',
  'ParkLocation',
  'Limited',
  'Bot',
  'Site',
  'Room',
  'FlexibleUser',
  'TieLine',
  'Unknown',
]);

/** Some features, of which RingCentral has dozens. */
const SERVICE_FEATURES = [
  { featureName: 'BlockedPhoneNumbers', enabled: true },
  { featureName: 'SMS', enabled: true },
  { featureName: 'Fax', enabled: false, reason: 'AccountLimitation' },
];

const toJson = (call: Call, { id, fields }: Extension): Json => ({
  uri: `${accountUri(call)}/extension/${id}`,
  id: Number(id),
  ...fields,
  name: mark(fields['name'], call.grant),
});

/** `serviceFeatures` come only to who asks for the extension that is its own. */
function read(call: Call): Answer {
  const { extension, account, grant } = call;
  return ok({
    ...toJson(call, extension),
    account: { id: account.id, uri: accountUri(call) },
    ...(extension.id === grant.extensionId && { serviceFeatures: SERVICE_FEATURES }),
  });
}

function list(call: Call): Answer {
  const { query, account, grant } = call;
  const status = readFilter(query, 'status', STATUSES);
  if (typeof status !== 'function') return status;
  const type = readFilter(query, 'type', TYPES);
  if (typeof type !== 'function') return type;
  const number = query.get('extensionNumber');
  const emails = query.getAll('email');
  const records = [...account.extensions.values()].filter(({ id, fields }) => {
    const contact = fields['contact'] as Json | null | undefined;
    return (
      (grant.seesAll || id === grant.extensionId) &&
      status(fields['status']) &&
      type(fields['type']) &&
      (number === null || String(fields['extensionNumber']) === number) &&
      (emails.length === 0 || emails.includes(String(contact?.['email'])))
    );
  });
  return toPage(`${accountUri(call)}/extension`, records, query, (extension) => toJson(call, extension));
}

const needs = { app: 'ReadAccounts', user: 'ReadExtensions' } as const;

export const EXTENSION_ROUTES: readonly Route[] = [
  {
    operation: 'loadExtensionInfo',
    method: 'GET',
    below: 'extension',
    path: '',
    group: 'light',
    needs,
    answer: read,
  },
  {
    operation: 'listExtensions',
    method: 'GET',
    below: 'account',
    path: 'extension',
    group: 'medium',
    needs,
    answer: list,
  },
];
