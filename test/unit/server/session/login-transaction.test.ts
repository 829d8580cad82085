import { describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/lib/secret.js';
import { parseCookies, type Cookies } from '../../../../src/server/session/cookies.js';
import { createKeyRing } from '../../../../src/server/session/key-ring.js';
import { createLoginTransactions } from '../../../../src/server/session/login-transaction.js';
import { ManualClock } from '../../../support/manual-clock.js';

const NONE = parseCookies(undefined);
const login = { state: 'state-1', verifier: 'verifier-1', returnTo: 'https://app.example.com/page' };

function build() {
  const clock = new ManualClock();
  const keyRing = createKeyRing([new Secret('s'.repeat(32))], 'login');
  const transactions = createLoginTransactions({ keyRing, namePrefix: '__Host-login-', secure: true, clock });
  return { clock, transactions };
}

/** The cookies that a browser sends after these Set-Cookie headers. */
const carry = (headers: string[]): Cookies =>
  parseCookies(headers.map((header) => header.split(';')[0]).join('; '));

describe('a begun login', () => {
  it('comes back from its cookie by its state', () => {
    const { transactions } = build();
    const cookies = carry(transactions.begin(login, NONE));
    expect(transactions.find('state-1', cookies)).toMatchObject(login);
  });

  it('shows neither state nor verifier, in a Lax cookie of ten minutes', () => {
    const [header = ''] = build().transactions.begin(login, NONE);
    expect(header).toMatch(
      /^__Host-login-[\w-]{22}=[\w-]+; Path=\/; HttpOnly; SameSite=Lax; Secure; Max-Age=600$/,
    );
    const value = Buffer.from(header.split(/[=;]/)[1] ?? '', 'base64url').toString('latin1');
    expect(header + value).not.toMatch(/state-1|verifier-1/);
  });

  it('is not disturbed by a second one', () => {
    const { transactions } = build();
    const second = { ...login, state: 'state-2', verifier: 'verifier-2' };
    const cookies = carry([...transactions.begin(login, NONE), ...transactions.begin(second, NONE)]);
    expect(transactions.find('state-1', cookies)?.verifier).toBe('verifier-1');
    expect(transactions.find('state-2', cookies)?.verifier).toBe('verifier-2');
  });

  it('is unknown for another state, without its cookie, and under another name', () => {
    const { transactions } = build();
    const [header = ''] = transactions.begin(login, NONE);
    const [other = ''] = transactions.begin({ ...login, state: 'state-2' }, NONE);
    expect(transactions.find('state-2', carry([header]))).toBeUndefined();
    expect(transactions.find('state-1', NONE)).toBeUndefined();
    const renamed = `${other.split('=')[0] ?? ''}=${header.split(/[=;]/)[1] ?? ''}`;
    expect(transactions.find('state-2', carry([renamed]))).toBeUndefined();
  });

  it('is over after ten minutes, even if the browser kept the cookie', async () => {
    const { clock, transactions } = build();
    const cookies = carry(transactions.begin(login, NONE));
    await clock.advance(599_999);
    expect(transactions.find('state-1', cookies)).toBeDefined();
    await clock.advance(1);
    expect(transactions.find('state-1', cookies)).toBeUndefined();
  });

  it('drops its cookie, and only its own', () => {
    const { transactions } = build();
    const begun = transactions.begin(login, NONE);
    expect(transactions.drop('state-1', carry(begun))).toEqual([
      expect.stringMatching(/^__Host-login-[\w-]{22}=; .*Max-Age=0/),
    ]);
    expect(transactions.drop('state-2', carry(begun))).toEqual([]);
  });

  it('drops the others once six were begun and left, so that request heads stay small', () => {
    const { transactions } = build();
    const kept: string[] = [];
    for (let at = 0; at < 6; at += 1)
      kept.push(...transactions.begin({ ...login, state: String(at) }, carry(kept)));
    expect(kept).toHaveLength(6);
    const headers = transactions.begin({ ...login, state: 'last' }, carry(kept));
    expect(headers.filter((header) => header.includes('Max-Age=0'))).toHaveLength(6);
    expect(headers).toHaveLength(7);
  });

  it('fits into a cookie with the longest path', () => {
    const longest = { ...login, state: 's'.repeat(43), verifier: 'v'.repeat(43), returnTo: 'p'.repeat(1100) };
    expect(build().transactions.begin(longest, NONE)[0]?.length).toBeLessThan(4096);
  });
});
