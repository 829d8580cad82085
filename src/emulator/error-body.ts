/** An answer before it is written. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, unless `text` is given. */
  readonly body?: unknown;
  readonly text?: string;
}

interface Details {
  readonly parameterName?: string;
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
  const error = { errorCode, message, ...details };
  return {
    status,
    body: { errorCode: LEGACY[errorCode] ?? errorCode, message, errors: [error], ...details },
  };
}

export const notFound = (parameterName: string): Answer =>
  refuse(404, 'CMN-102', `Resource for parameter [${parameterName}] is not found`, { parameterName });

export const invalid = (parameterName: string, value = ''): Answer =>
  refuse(400, 'CMN-101', `Parameter [${parameterName}] value [${value}] is invalid`, { parameterName });

/** What the gateway before the API says: its list of errors is empty. */
export const unknownAddress = (): Answer => ({
  status: 404,
  body: { errorCode: 'AGW-404', message: 'Resource not found', errors: [] },
});
