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

describe('beside a cookie', () => {
  const ask = (headers: Record<string, string>) =>
    gateway.fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: READ }),
    });
  const codes = async (answer: Response) =>
    ((await answer.json()) as { errors?: { extensions: unknown }[] }).errors?.map(
      ({ extensions }) => extensions,
    );

  it.each(['Bearer', 'Bearer ', 'bearer a b', 'Bearer é', `Bearer ${'a'.repeat(5000)}`])(
    'a bearer token that is none (%s) leaves the request without a caller: the cookie is not read',
    async (authorization) => {
      gateway = await startLoggedIn();
      expect(await codes(await ask({ authorization }))).toEqual([{ code: 'UNAUTHENTICATED' }]);
      expect(await codes(await ask({ authorization, 'x-csrf': 'none' }))).toEqual([
        { code: 'UNAUTHENTICATED' },
      ]);
    },
  );

  it.each(['Basic YTpi', 'Digest username="a"', 'Bearers a'])(
    'an Authorization of another scheme (%s) is no bearer token: the cookie counts, if it may',
    async (authorization) => {
      gateway = await startLoggedIn();
      expect(await (await ask({ authorization })).json()).toMatchObject({ data: ANSWER });
      expect(await codes(await ask({ authorization, 'x-csrf': 'none' }))).toEqual([{ code: 'FORBIDDEN' }]);
    },
  );
});
