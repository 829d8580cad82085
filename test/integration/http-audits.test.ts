import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

async function audit(headers: Record<string, string>): Promise<string[]> {
  const fetchFn: typeof fetch = (input, init) =>
    fetch(input, {
      ...init,
      headers: { ...headers, ...(init?.headers as Record<string, string> | undefined) },
    });
  const audits = serverAudits({ url: `${gateway.url}/graphql`, fetchFn });
  const results = await Promise.all(audits.map(({ fn }) => fn()));
  expect(results.length).toBeGreaterThan(50);
  return results.filter(({ status }) => status !== 'ok').map(({ status, id }) => `${status} ${id}`);
}

describe('the audits of GraphQL over HTTP', () => {
  it('find nothing where a bearer token comes with every request', async () => {
    expect(await audit({ authorization: `Bearer ${gateway.emulator.demoToken}` })).toEqual([]);
  });

  it('find no error and nothing to warn of without a credential', async () => {
    // GETs as a form or a link of a foreign page could send them, which the guard against request forgery refuses:
    // 5A70 a plain one, D6D5 and 6A70 with variables. A GET with Authorization or X-CSRF passes.
    expect((await audit({})).sort()).toEqual(['notice 5A70', 'notice 6A70', 'notice D6D5']);
  });
});
