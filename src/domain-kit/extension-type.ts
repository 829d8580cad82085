import type { ExtensionType } from '../generated/resolvers.js';
import { createOpenEnum } from './open-enum.js';

/** An extension's type, which its own record tells, and a phone number's that is assigned to it. */
export const EXTENSION_TYPES = createOpenEnum<ExtensionType>('ExtensionType', [
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
