/** Whose request it is: what RingCentral is shown, and what stands for the caller in our own memory. */
export interface Credential {
  /** HMAC-SHA-256 of the token or of the session under CALLER_KEY: the key of all that is held for a caller. */
  readonly caller: string;
  /** The access token to send now. */
  accessToken(): string | Promise<string>;
  /**
   * After RingCentral refused `refused` with a 401 that a new token may cure: gets a newer one.
   * Resolves to false when there is none; absent where nothing can be renewed (bearer tokens).
   */
  renew?(refused: string): Promise<boolean>;
}
