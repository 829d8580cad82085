import { expect, it } from 'vitest';
import { RateLimitedError } from '../../../../src/errors.js';
import { createMemoryStore } from '../../../../src/server/session/memory-store.js';
import { createTokenPenalty, type PenaltyOwner } from '../../../../src/server/session/token-penalty.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { toCode } from './replica.js';

function start() {
  const clock = new ManualClock();
  const penalty = createTokenPenalty(createMemoryStore({ clock }));
  const meet = (owner: PenaltyOwner, seconds: number) =>
    toCode(penalty.run(owner, () => Promise.reject(new RateLimitedError(seconds))));
  const ask = (owner: PenaltyOwner) => toCode(penalty.run(owner, () => Promise.resolve()));
  return { clock, meet, ask };
}

it('a penalty holds for the client or the extension that met it, and for nobody else', async () => {
  const { meet, ask } = start();
  await meet({ client: '7' }, 60);
  await meet({ extensionId: '8' }, 60);
  expect(await ask({ client: '7' })).toBe('RATE_LIMITED');
  expect(await ask({ extensionId: '8' })).toBe('RATE_LIMITED');
  expect(await ask({ client: '8' })).toBe('OK');
  expect(await ask({ extensionId: '7' })).toBe('OK');
});

it('a penalty lasts ten minutes at most, whatever it was told', async () => {
  const { clock, meet, ask } = start();
  await meet({ client: 'a' }, 999_999);
  await clock.advance(599_000);
  expect(await ask({ client: 'a' })).toBe('RATE_LIMITED');
  await clock.advance(1000);
  expect(await ask({ client: 'a' })).toBe('OK');
});
