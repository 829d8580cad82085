/** Longer than any id of RingCentral's (they have at most some 30 characters); keeps 30 of them well inside a URL. */
const MAX_LENGTH = 128;

// `*` stands for "all that the body names" in RingCentral's batch requests: no id, and dangerous in a DELETE.
const FORBIDDEN = new Set(['.', '..', '*']);

/** Whether a text may be one segment of an upstream path: an id, and nothing that changes where the path leads. */
export function isPathSegment(text: string): boolean {
  return (
    text.length > 0 &&
    text.length <= MAX_LENGTH &&
    !FORBIDDEN.has(text) &&
    !/[,/?#\p{Cc}]/u.test(text) &&
    // A lone surrogate cannot be percent-encoded.
    text.isWellFormed()
  );
}
