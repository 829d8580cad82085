import { describe, expect, it } from 'vitest';
import { assertSameOrigin } from '../../../../src/server/session/guard.js';

const OWN = 'https://app.example.com';

describe('a request that carries the cookie', () => {
  it.each([
    { 'x-csrf': '1' },
    { 'x-csrf': '1', origin: OWN },
    { 'x-csrf': '1', 'sec-fetch-site': 'same-origin' },
    { 'x-csrf': '1', origin: OWN, 'sec-fetch-site': 'same-origin' },
  ])('passes with %j', (headers) => {
    expect(() => {
      assertSameOrigin(headers, OWN);
    }).not.toThrow();
  });

  it.each([
    {},
    { origin: OWN, 'sec-fetch-site': 'same-origin' },
    { 'x-csrf': '' },
    { 'x-csrf': '0' },
    { 'x-csrf': '1, 1' },
    { 'x-csrf': ['1'] },
    { 'x-csrf': '1', origin: 'https://elsewhere.example' },
    { 'x-csrf': '1', origin: 'null' },
    { 'x-csrf': '1', origin: '' },
    { 'x-csrf': '1', origin: 'http://app.example.com' },
    { 'x-csrf': '1', origin: `${OWN}:8443` },
    { 'x-csrf': '1', origin: `${OWN}.elsewhere.example` },
    { 'x-csrf': '1', 'sec-fetch-site': 'cross-site' },
    { 'x-csrf': '1', 'sec-fetch-site': 'same-site' },
    { 'x-csrf': '1', 'sec-fetch-site': 'none' },
    { 'x-csrf': '1', origin: OWN, 'sec-fetch-site': 'cross-site' },
  ])('is FORBIDDEN with %j', (headers) => {
    expect(() => {
      assertSameOrigin(headers, OWN);
    }).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }));
  });
});
