/** What RingCentral gave for a login or a refresh. Times are milliseconds since the epoch. */
export interface Tokens {
  readonly accessToken: string;
  readonly expiresAt: number;
  /** From here on a new one is fetched before use. */
  readonly renewAt: number;
  /** Absent where the app is not allowed refresh tokens: such a session ends with its access token. */
  readonly refreshToken?: string | undefined;
  /** The extension whose login it is. */
  readonly extensionId?: string | undefined;
}
