import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { readBearer } from '../../../src/server/bearer.js';
import { toBearerCaller, toSessionCaller } from '../../../src/server/caller-key.js';

const KEY = Buffer.from('key of callers');

it('the caller of a bearer token is its HMAC-SHA-256', () => {
  const expected = createHmac('sha256', KEY).update('token').digest('base64url');
  expect(toBearerCaller(KEY, 'token')).toBe(expected);
  expect(readBearer('Bearer token', KEY)?.caller).toBe(expected);
});

it('no bearer token stands for the caller of a session', () => {
  const caller = toSessionCaller(KEY, 'A');
  for (const token of ['A', 'sessionA', 'session A', 'session\0A'])
    expect(readBearer(`Bearer ${token}`, KEY)?.caller).not.toBe(caller);
});
