import { afterEach, describe, expect, it } from 'vitest';
import { startLoggedIn, type LoggedInGateway } from '../support/logged-in-gateway.js';

const READ = '{ extension { name } }';
const ANSWER = { extension: { name: 'Ann Archer' } };

let gateway: LoggedInGateway;
afterEach(() => gateway.stop());

describe("a session's id", () => {
  it('is worth nothing as a bearer token, whatever is cached for the session', async () => {
    gateway = await startLoggedIn({ CACHE_TTL_MS: '60000' });
    expect((await gateway.ask(READ)).body.data).toEqual(ANSWER);
    expect((await gateway.ask(READ)).body).toMatchObject({ extensions: { upstream: { cacheHits: 1 } } });
    const stolen = await gateway.query(READ, { token: gateway.sessionId });
    expect(stolen.errors.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
    expect(stolen.upstream).toMatchObject({ calls: 1, cacheHits: 0 });
  });

  it('stands for nothing that is held once it was logged out', async () => {
    gateway = await startLoggedIn({ CACHE_TTL_MS: '60000' });
    await gateway.ask(READ);
    expect((await gateway.fetch('/auth/logout', { method: 'POST' })).status).toBe(204);
    const { body } = await gateway.ask(READ);
    expect(body.errors?.map(({ extensions }) => extensions)).toMatchObject([{ code: 'UNAUTHENTICATED' }]);
  });
});
