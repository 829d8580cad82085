import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRateHeaders } from '../../../src/upstream/rate-limit-headers.js';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);

describe('the rate headers of an answer', () => {
  it('are read as they come, the group in lower case', () => {
    const headers = {
      'x-rate-limit-group': ' Light ',
      'x-rate-limit-limit': '50',
      'x-rate-limit-remaining': '0',
      'x-rate-limit-window': '60',
      'retry-after': '30',
    };
    expect(readRateHeaders(headers, NOW)).toEqual({
      group: 'light',
      limit: 50,
      remaining: 0,
      windowSeconds: 60,
      retryAfterSeconds: 30,
    });
  });

  it('may be missing, all of them', () => {
    expect(readRateHeaders({}, NOW)).toEqual({});
  });

  it.each([
    ['the clock of this process', {}, 90],
    [
      "the answer's own date, whatever this process takes for now",
      { date: 'Thu, 01 Jan 2026 12:01:20 GMT' },
      10,
    ],
    ['a date that makes no sense', { date: 'today' }, 90],
  ])('tell a date to retry after, by %s', (_name, more, seconds) => {
    const headers = { 'retry-after': 'Thu, 01 Jan 2026 12:01:30 GMT', ...more };
    expect(readRateHeaders(headers, NOW).retryAfterSeconds).toBe(seconds);
  });

  it('tell 0 seconds where the date has passed, and at most a day', () => {
    const past = { 'retry-after': 'Thu, 01 Jan 2026 11:59:30 GMT' };
    expect(readRateHeaders(past, NOW).retryAfterSeconds).toBe(0);
    expect(readRateHeaders({ 'retry-after': '999999999' }, NOW).retryAfterSeconds).toBe(86_400);
    expect(readRateHeaders({ 'x-rate-limit-window': '999999999' }, NOW).windowSeconds).toBe(86_400);
  });

  it.each(['-1', '1.5', '1e3', 'many', '', '50, 50', '0x10', 'NaN', '9'.repeat(20), 'Thursday 1'])(
    'are ignored where they make no sense: %j',
    (text) => {
      const headers = {
        'x-rate-limit-limit': text,
        'x-rate-limit-remaining': text,
        'x-rate-limit-window': text,
        'retry-after': text,
      };
      expect(readRateHeaders(headers, NOW)).toEqual({});
    },
  );

  it('never tell a limit or window that allows nothing for ever', () => {
    expect(readRateHeaders({ 'x-rate-limit-limit': '0', 'x-rate-limit-window': '0' }, NOW)).toEqual({});
  });

  it.each(['', '   ', 'a\nb', 'grün', 'x'.repeat(65)])('never name a group %j', (name) => {
    expect(readRateHeaders({ 'x-rate-limit-group': name }, NOW)).toEqual({});
  });

  it('are numbers that can be reckoned with, whatever comes', () => {
    const field = fc.option(fc.oneof(fc.string(), fc.integer().map(String), fc.array(fc.string())), {
      nil: undefined,
    });
    const names = ['group', 'limit', 'remaining', 'window'].map((name) => `x-rate-limit-${name}`);
    const headers = fc.record(
      Object.fromEntries([...names, 'retry-after', 'date'].map((name) => [name, field])),
    );
    fc.assert(
      fc.property(headers, (fields) => {
        const { group, ...numbers } = readRateHeaders(fields, NOW);
        expect(group ?? '').toBe((group ?? '').trim().toLowerCase());
        for (const number of Object.values(numbers)) {
          expect(Number.isSafeInteger(number) && number >= 0).toBe(true);
        }
        expect(numbers.limit).not.toBe(0);
        expect(numbers.windowSeconds).not.toBe(0);
      }),
      { numRuns: 2000 },
    );
  });
});
