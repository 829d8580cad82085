import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { startProcess } from '../support/process.js';
import { blockedId, until } from '../support/upstream.js';

let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

const ONE = `{ extension { blockedNumber(resourceId: "${blockedId(0)}") { label } } }`;

describe('the process', () => {
  it('tells every fault of its configuration at once, a line each, and exits with 1', async () => {
    const { exited, output } = await startProcess({
      NODE_ENV: 'production',
      BATCH_MAX_IDS: 'many',
      REDIS_URL: 'redis://127.0.0.1',
    });
    expect(await exited).toBe(1);
    const lines = output().trim().split('\n');
    expect(lines).toHaveLength(3);
    for (const name of ['BATCH_MAX_IDS', 'RINGCENTRAL_SERVER_URL', 'CALLER_KEY']) {
      expect(lines).toContainEqual(expect.stringContaining(name));
    }
  });

  it('tells what is wrong with the manifest of trusted documents beside all else', async () => {
    const { exited, output } = await startProcess({
      BATCH_MAX_IDS: 'many',
      PERSISTED_DOCUMENTS_MODE: 'enforce',
      PERSISTED_DOCUMENTS: '/nowhere/manifest.json',
    });
    expect(await exited).toBe(1);
    expect(output().trim().split('\n')).toEqual([
      expect.stringContaining('BATCH_MAX_IDS'),
      'Configuration: PERSISTED_DOCUMENTS: the file cannot be read (ENOENT)',
    ]);
  });

  it('says why it keeps the old manifest of trusted documents', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'manifest-'));
    const file = join(folder, 'manifest.json');
    await writeFile(file, '{}');
    const { child, exited, output } = await startProcess({
      PERSISTED_DOCUMENTS_MODE: 'log',
      PERSISTED_DOCUMENTS: file,
    });
    await writeFile(file, '{"confidential"');
    child.kill('SIGHUP');
    await until(() => output().includes('reload-failed'), 'the line');
    expect(
      output()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toContainEqual(
      expect.objectContaining({ level: 'warn', kind: 'reload-failed', reason: 'the file is no JSON' }),
    );
    expect(output()).not.toMatch(/confidential|manifest\.json/);
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    await rm(folder, { recursive: true });
  });

  it('says in one line what production lacks', async () => {
    const { exited, output } = await startProcess({ NODE_ENV: 'production' });
    expect(await exited).toBe(1);
    expect(output().trim().split('\n')).toEqual([expect.stringContaining('RINGCENTRAL_SERVER_URL')]);
  });

  it('on SIGTERM finishes what is in flight, is no longer ready, and exits with 0', async () => {
    gateway = await startGateway();
    const { emulator } = gateway;
    let release: () => void = () => undefined;
    emulator.fault({ hold: new Promise<void>((done) => (release = done)) });
    const running = await startProcess({ RINGCENTRAL_SERVER_URL: emulator.url });
    const answer = fetch(`${running.url ?? ''}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${emulator.demoToken}` },
      body: JSON.stringify({ query: ONE }),
    });
    await until(() => emulator.journal.length === 1, 'the call');
    expect((await fetch(`${running.url ?? ''}/readyz`)).status).toBe(200);
    running.child.kill('SIGTERM');
    await until(() => running.output().includes('stopping'), 'the signal is seen');
    expect((await fetch(`${running.url ?? ''}/readyz`)).status).toBe(503);
    release();
    expect(await (await answer).json()).toMatchObject({
      data: { extension: { blockedNumber: { label: 'Caller 0 of Ann Archer' } } },
    });
    expect(await running.exited).toBe(0);
  });
});

describe('a stop', () => {
  it('takes no longer than SHUTDOWN_GRACE_MS, though a call never ends', async () => {
    gateway = await startGateway();
    const { emulator } = gateway;
    emulator.fault({ hold: new Promise(() => undefined) });
    const {
      url = '',
      child,
      exited,
    } = await startProcess({
      RINGCENTRAL_SERVER_URL: emulator.url,
      SHUTDOWN_GRACE_MS: '2000',
      METRICS_PORT: '0',
    });
    const answer = fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${emulator.demoToken}` },
      body: JSON.stringify({ query: ONE }),
    }).then(
      () => 'answered',
      () => 'cut off',
    );
    await until(() => emulator.journal.length === 1, 'the call');
    const began = Date.now();
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    // Twice the grace would be 4 s.
    expect(Date.now() - began).toBeLessThan(3900);
    expect(await answer).toBe('cut off');
  });

  it('waits for no connection that is only kept alive', async () => {
    gateway = await startGateway();
    const { url = '', child, exited } = await startProcess({ RINGCENTRAL_SERVER_URL: gateway.emulator.url });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    const began = Date.now();
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
    // Far from the grace, which is 10 s.
    expect(Date.now() - began).toBeLessThan(8000);
  });
});

describe('what operators see', () => {
  it('is one log line a request, without the query, its values or the token', async () => {
    gateway = await startGateway();
    await gateway.query(`query Page12345678 ${ONE}`);
    const lines = gateway.logs.filter((line) => line.includes('"msg":"request"'));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      operationName: 'Page#',
      outcome: 'ok',
      upstream: { calls: 1, ids: 1 },
    });
    expect(gateway.logs.join('')).not.toMatch(
      new RegExp(`${blockedId(0)}|${gateway.emulator.demoToken}|6505550100`),
    );
  });

  it('is metrics by operation and status, on a port of their own where one is set', async () => {
    gateway = await startGateway();
    await gateway.query(ONE);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toContain(
      'switchboard_upstream_calls_total{operation="listBlockedAllowedPhoneNumber",status="200"} 1',
    );
    expect(metrics).toContain('switchboard_requests_total{outcome="ok"} 1');
    await gateway.stop();
    gateway = await startGateway({ METRICS_PORT: '0' });
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404);
  });

  it('alive and ready', async () => {
    gateway = await startGateway();
    expect(await (await fetch(`${gateway.url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${gateway.url}/readyz`)).json()).toEqual({ status: 'ready' });
  });
});

describe('a request that takes too long', () => {
  it('is answered with LIMIT_EXCEEDED for what is missing, and its read is given up', async () => {
    gateway = await startGateway({ REQUEST_TIMEOUT_MS: '300' });
    gateway.emulator.fault({ hold: new Promise(() => undefined) });
    const { data, errors } = await gateway.query(`{ __typename ${ONE.slice(1)}`);
    expect(data).toEqual({ __typename: 'Query', extension: { blockedNumber: null } });
    expect(errors[0]?.extensions).toMatchObject({ code: 'LIMIT_EXCEEDED', limit: 'REQUEST_TIMEOUT_MS' });
  });
});
