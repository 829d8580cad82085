import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../src/config.js';

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    parseConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

const SESSIONS = {
  RINGCENTRAL_CLIENT_ID: 'id',
  RINGCENTRAL_CLIENT_SECRET: 'secret',
  PUBLIC_URL: 'https://app.example.com',
  SESSION_SECRET: 'a'.repeat(32),
};

describe('SESSION_SECRET', () => {
  const [a, b] = ['a'.repeat(32), 'b'.repeat(32)];
  it('may have spaces around its commas, which belong to no secret', () => {
    const { session } = parseConfig({ ...SESSIONS, SESSION_SECRET: ` ${a}, ${b} ` });
    expect(session?.secrets.map((secret) => secret.reveal())).toEqual([a, b]);
  });

  it.each([`${a}, ${'b'.repeat(31)}`, `${a},`, ' '.repeat(32)])('is too short without them: %j', (text) => {
    expect(faultsOf({ ...SESSIONS, SESSION_SECRET: text })).toEqual([
      expect.stringContaining('SESSION_SECRET must be secrets of at least 32 characters'),
    ]);
  });
});

it.each(['https://user@host', 'https://:password@host', 'https://user:password@host'])(
  'PUBLIC_URL and RINGCENTRAL_SERVER_URL hold no credentials: %s',
  (url) => {
    const faults = faultsOf({ ...SESSIONS, PUBLIC_URL: url, RINGCENTRAL_SERVER_URL: url });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(['RINGCENTRAL_SERVER_URL', 'PUBLIC_URL']);
    expect(faults.join()).not.toContain('password@');
  },
);

describe('all faults are told at once', () => {
  it('also where lifetimes do not fit each other', () => {
    const faults = faultsOf({ SESSION_IDLE_SECONDS: '7200', SESSION_MAX_SECONDS: '3600', PORT: 'x' });
    expect(faults).toHaveLength(2);
    expect(faults.join()).toContain('SESSION_IDLE_SECONDS must not be above SESSION_MAX_SECONDS');
    expect(faultsOf({ SESSION_MAX_SECONDS: '60', PORT: 'x' })).toHaveLength(2);
    expect(faultsOf({ SESSION_IDLE_SECONDS: 'many', SESSION_MAX_SECONDS: '60' })).toHaveLength(1);
  });

  it('also where something else is checked besides the variables', () => {
    const findFaults = (file: string) => [`PERSISTED_DOCUMENTS: ${file}`];
    const env = { PORT: 'x', PERSISTED_DOCUMENTS: 'a.json', PERSISTED_DOCUMENTS_MODE: 'log' };
    expect(() => parseConfig(env, findFaults)).toThrow(/PORT[^]*PERSISTED_DOCUMENTS: a.json/);
    expect(() =>
      parseConfig({ ...env, PORT: '0', PERSISTED_DOCUMENTS_MODE: 'off' }, findFaults),
    ).not.toThrow();
  });
});
