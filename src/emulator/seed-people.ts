import type { Json } from './json.js';

function person(extensionNumber: string, name: string, more: Json = {}): Json {
  const [firstName = '', lastName = ''] = name.split(' ');
  return {
    extensionNumber,
    name,
    type: 'User',
    status: 'Enabled',
    hidden: false,
    setupWizardState: 'Completed',
    regionalSettings: { timezone: { id: '58', name: 'US/Pacific' }, timeFormat: '12h' },
    contact: {
      firstName,
      lastName,
      name,
      email: `${firstName}.${lastName}@example.com`.toLowerCase(),
      company: 'Example Ltd',
      jobTitle: 'Engineer',
      businessPhone: '+12015550100',
      businessAddress: {
        country: 'United States',
        state: 'CA',
        city: 'Belmont',
        street: '1 Main Street',
        zip: '94002',
      },
      emailAsLoginName: true,
      pronouncedName: { type: 'Default', text: name },
    },
    ...more,
  };
}

/** The extensions of the two accounts, in the order of their ids; some are not as the documents have them. */
export const PEOPLE: readonly (readonly Json[])[] = [
  [
    person('101', 'Ann Archer', { permissions: { admin: { enabled: true } } }),
    person('102', 'Bob Baker'),
    { extensionNumber: '200', name: 'Support', type: 'Department', status: 'Enabled', contact: null },
    { extensionNumber: '300', name: 'Welcome', type: 'IvrMenu', status: 'Enabled' },
    { extensionNumber: '400', name: 'Lobby', type: 'Limited', status: 'NotActivated' },
    // A kind and a state that came after us, and a number that is one.
    { extensionNumber: 500, name: 'Robot', type: 'Hologram', status: 'Dreaming' },
    { name: null, type: 'Site', status: 'Enabled' },
    person('103', 'Rita Reader', { status: 'Disabled', statusInfo: { reason: 'Voluntarily' } }),
    person('104', 'Norman Nought', { contact: { firstName: 'Norman', lastName: null, email: '' } }),
  ],
  [
    person('101', 'Olga Other'),
    person('102', 'Peter Pane'),
    { extensionNumber: '200', name: 'Sales', type: 'Department', status: 'Enabled' },
  ],
];
