import type { Answer } from './answer.js';

interface Details {
  readonly parameterName?: string;
  readonly parameterValue?: string;
  readonly permissionName?: string;
}

/** What the old error model said at the top where it was not the code of the list. */
const LEGACY: Readonly<Record<string, string>> = {
  'CMN-101': 'InvalidParameter',
  'CMN-401': 'InsufficientPermissions',
  'OAU-213': 'TokenInvalid',
};

/** RingCentral's error model: the list, and beside it what is left of the old one. */
export function refuse(status: number, errorCode: string, message: string, details: Details = {}): Answer {
  const { parameterValue: _onlyInTheList, ...legacy } = details;
  return {
    status,
    body: {
      errorCode: LEGACY[errorCode] ?? errorCode,
      message,
      errors: [{ errorCode, message, ...details }],
      ...legacy,
    },
  };
}

export const notFound = (parameterName: string): Answer =>
  refuse(404, 'CMN-102', `Resource for parameter [${parameterName}] is not found`, { parameterName });

/** The value goes back to the client, as RingCentral does it. */
export const invalid = (parameterName: string, value?: unknown): Answer =>
  refuse(400, 'CMN-101', `Parameter [${parameterName}] value is invalid`, {
    parameterName,
    ...((typeof value === 'string' || typeof value === 'number') && { parameterValue: String(value) }),
  });

export const duplicate = (parameterName: string): Answer =>
  refuse(400, 'CMN-406', `Duplicate value for parameter [${parameterName}] found in request`, {
    parameterName,
  });

export const appLacks = (permissionName: string): Answer =>
  refuse(
    403,
    'CMN-401',
    `In order to call this API endpoint, application needs to have [${permissionName}] permission`,
    { permissionName },
  );

export const userLacks = (permissionName: string): Answer =>
  refuse(
    403,
    'CMN-408',
    `In order to call this API endpoint, user needs to have [${permissionName}] permission for requested resource.`,
    { permissionName },
  );

/** What the gateway before the API says: its list of errors is empty. */
export const unknownAddress = (): Answer => ({
  status: 404,
  body: { errorCode: 'AGW-404', message: 'Resource not found', errors: [] },
});

export const unknownMethod = (): Answer => ({
  status: 405,
  body: { errorCode: 'CMN-111', message: 'Method not allowed', errors: [] },
});

export const unknownToken = (): Answer => refuse(401, 'OAU-213', 'Token not found');

export const expiredToken = (): Answer => refuse(401, 'OAU-128', 'Access token expired');
