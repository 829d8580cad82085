import { describe, expect, it } from 'vitest';
import { toUpstreamError } from '../../../src/upstream/refusal.js';

describe('a 429', () => {
  it.each([
    ['CMN-301', true, /no further request of this kind/],
    ['CMN-301', false, /whole account or address/],
    ['CMN-304', true, /still answering the same request/],
    ['CMN-310', true, /all callers together/],
  ])('%s, own budget %s, has its own words', (errorCode, ownBudget, words) => {
    const error = toUpstreamError(
      { status: 429, ownBudget, retryAfterSeconds: 7 },
      { errors: [{ errorCode }] },
    );
    expect(error.message).toMatch(words);
    expect(error.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 7 });
    expect(error.outcome).toBe('NOT_APPLIED');
  });
});

describe('a 429 that names no time to wait, or one that is over,', () => {
  it.each<[number | undefined, number]>([
    [undefined, 30],
    [0, 1],
    [1, 1],
  ])('%s s, asks for at least a second: %d s', (retryAfterSeconds, seconds) => {
    const { extensions } = toUpstreamError({ status: 429, retryAfterSeconds }, undefined);
    expect(extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: seconds });
  });
});

describe('what is shown of a refusal', () => {
  it.each([
    ...['+16505550100', 'call 6505550100', 'https://x', 'a'.repeat(65)],
    ...['650-555-0199', '650.555.0199', '1-650-555-0199', '650_555_0199', '[650][555]0199', '555-0199'],
    'x.650-555-0199',
  ])('is no name that could hold something personal: %j', (value) => {
    const body = { errorCode: value, parameterName: value, permissionName: value };
    expect(toUpstreamError({ status: 400, requestId: value }, body).extensions.upstream).toEqual({
      status: 400,
    });
  });

  it.each([
    ...['CMN-102', 'errors[0].x', 'EditExtensions', 'InvalidParameter', 'records[12].items[345].phoneNumber'],
    ...['OAU-213', '9379f134-a603-11ea-899e-005056bbcdd9', '11111111-2222-3333-4444-555555555555'],
  ])('is a name as it is: %j', (value) => {
    const body = { errorCode: value, parameterName: value, permissionName: value };
    expect(toUpstreamError({ status: 400, requestId: value }, body).extensions.upstream).toEqual({
      status: 400,
      errorCode: value,
      parameterName: value,
      permissionName: value,
      requestId: value,
    });
  });

  it('is the first of the list before what stands at the top', () => {
    const body = {
      errorCode: 'InsufficientPermissions',
      errors: [{ errorCode: 'CMN-401', permissionName: 'ReadAccounts' }],
    };
    const head = { status: 403, requestId: '9379f134-a603-11ea-899e-005056bbcdd9' };
    expect(toUpstreamError(head, body).extensions).toEqual({
      code: 'FORBIDDEN',
      upstream: { ...head, errorCode: 'CMN-401', permissionName: 'ReadAccounts' },
    });
  });
});
