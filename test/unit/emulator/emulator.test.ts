import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEmulator, type Emulator } from '../../../src/emulator/emulator.js';
import { blockedId, OWN, send } from './client.js';

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ limits: 'off' });
});
afterAll(() => emulator.stop());
beforeEach(() => {
  emulator.reset();
});

const BLOCKING = 'caller-blocking/phone-numbers';
const FIRST = blockedId('+16505550100');

/** As node:http has it: nothing is unpacked, and the connection can be told by its port. */
async function raw(path: string, agent?: Agent) {
  const headers = { authorization: `Bearer ${emulator.demoToken}`, 'accept-encoding': 'gzip, deflate, br' };
  const request = get(emulator.url + path, { headers, ...(agent && { agent }) });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const port = response.socket.localPort;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { port, encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) };
}

describe('an answer', () => {
  it('carries RingCentral’s headers', async () => {
    const first = await send(emulator, OWN);
    const second = await send(emulator, OWN);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      'content-type': 'application/json;charset=utf-8',
      'content-language': 'en-US',
      rcrequestid: expect.stringMatching(/^[\da-f-]{36}$/),
      routingkey: expect.any(String),
    });
    expect(first.headers.get('rcrequestid')).not.toBe(second.headers.get('rcrequestid'));
  });

  it('above a kilobyte is packed for who takes gzip', async () => {
    const { encoding, body } = await raw(`${OWN}/${BLOCKING}`);
    expect(encoding).toBe('gzip');
    expect(JSON.parse(gunzipSync(body).toString()).records).toHaveLength(40);
  });

  it('below a kilobyte, or for who does not, is plain', async () => {
    const { encoding } = await raw(`${OWN}/${BLOCKING}/${FIRST}`);
    expect(encoding).toBeUndefined();
    const plain = await send(emulator, BLOCKING, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.has('content-encoding')).toBe(false);
  });

  it('leaves the connection open for the next', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await raw(OWN, agent);
    const second = await raw(OWN, agent);
    agent.destroy();
    expect(second.port).toBe(first.port);
  });
});

describe('the journal', () => {
  it('has each call as it came, in order of arrival', async () => {
    await send(emulator, `${BLOCKING}/a%2Cb?x=%20&x=1`, { headers: { 'x-request-id': 'r1' } });
    await send(emulator, '/nowhere', { method: 'POST', body: { a: 1 }, token: null });
    expect(emulator.journal).toMatchObject([
      {
        at: expect.any(Number),
        method: 'GET',
        path: `${OWN}/${BLOCKING}/a%2Cb`,
        query: 'x=%20&x=1',
        headers: { 'x-request-id': 'r1' },
        body: '',
        token: emulator.demoToken,
        operation: 'listBlockedAllowedPhoneNumber',
        status: 404,
      },
      {
        method: 'POST',
        path: '/nowhere',
        query: '',
        body: '{"a":1}',
        token: undefined,
        operation: undefined,
      },
    ]);
    emulator.clearJournal();
    expect(emulator.journal).toEqual([]);
  });

  it('tells when calls have arrived, also for those that are there', async () => {
    const two = emulator.arrived(2);
    await send(emulator, OWN);
    await emulator.arrived(1);
    await send(emulator, OWN);
    await two;
    expect(emulator.journal).toHaveLength(2);
  });

  it('forgets the oldest beyond its limit', async () => {
    const short = await startEmulator({ limits: 'off', journalLimit: 2 });
    for (const page of [1, 2, 3]) await send(short, `blocked-number?page=${page}`);
    expect(short.journal.map(({ query }) => query)).toEqual(['page=2', 'page=3']);
    await short.arrived(3);
    await short.stop();
  });
});

it('a reset brings state, journal and limits back', async () => {
  const limited = await startEmulator({
    limits: { light: { limit: 1, windowSeconds: 60, penaltySeconds: 60 } },
  });
  await send(limited, `${BLOCKING}/${FIRST}`, { method: 'DELETE' });
  expect((await send(limited, `${BLOCKING}/${FIRST}`)).status).toBe(404);
  expect((await send(limited, OWN)).status).toBe(429);
  limited.reset();
  expect(limited.journal).toEqual([]);
  expect((await send(limited, `${BLOCKING}/${FIRST}`)).status).toBe(200);
  await limited.stop();
});

describe('a made-up token', () => {
  const synthetic = () =>
    startEmulator({
      limits: { light: { limit: 3, windowSeconds: 60, penaltySeconds: 60 } },
      syntheticTokens: (token) =>
        /^load-\d+$/.test(token) ? { marker: token.replace('load-', '#') } : undefined,
    });
  let made: Emulator;
  beforeAll(async () => {
    made = await synthetic();
  });
  afterAll(() => made.stop());
  beforeEach(() => {
    made.reset();
  });

  it('shows its marker in every label and name', async () => {
    const labels = async (path: string, token: string, name = 'label') =>
      (await send(made, path, { token })).json.records.map((record: Record<string, unknown>) => record[name]);
    for (const path of [BLOCKING, 'forwarding-number', 'phone-number']) {
      for (const label of await labels(path, 'load-1')) expect(label).toMatch(/(^| )#1$/);
    }
    for (const name of await labels('blocked-number', 'load-2', 'name')) expect(name).toMatch(/(^| )#2$/);
    expect((await send(made, OWN, { token: 'load-3' })).json.name).toBe('Ann Archer #3');
  });

  it('has a budget of its own', async () => {
    for (let sent = 0; sent < 4; sent += 1) await send(made, OWN, { token: 'load-1' });
    expect((await send(made, OWN, { token: 'load-1' })).status).toBe(429);
    expect((await send(made, OWN, { token: 'load-2' })).status).toBe(200);
  });

  it('writes for itself alone, and its marker is no part of what it writes', async () => {
    const path = `${BLOCKING}/${FIRST}`;
    const { json } = await send(made, path, { token: 'load-1' });
    const body = { phoneNumber: json.phoneNumber, label: json.label, status: 'Allowed' };
    const put = await send(made, path, { method: 'PUT', token: 'load-1', body });
    expect(put.json).toMatchObject({ label: 'Caller 0 of Ann Archer #1', status: 'Allowed' });
    const other = await send(made, path, { token: 'load-2' });
    expect(other.json).toMatchObject({ label: 'Caller 0 of Ann Archer #2', status: 'Blocked' });
    const added = { phoneNumber: '+16505550199', label: '#1' };
    expect((await send(made, BLOCKING, { method: 'POST', token: 'load-1', body: added })).json.label).toBe(
      '#1',
    );
  });

  it('that is not made up so is a token like any other', async () => {
    expect((await send(made, OWN, { token: 'load-x' })).status).toBe(401);
    expect((await send(made, OWN)).json.name).toBe('Ann Archer');
  });
});

describe('alone in its process', () => {
  const main = fileURLToPath(new URL('../../../src/emulator/main.ts', import.meta.url));

  it('tells its address and the demo token, and stops when told', async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', main, '--port', '0']);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { url, demoToken } = JSON.parse(line.toString()) as { url: string; demoToken: string };
    const answer = await fetch(url + OWN, { headers: { authorization: `Bearer ${demoToken}` } });
    expect(answer.status).toBe(200);
    await answer.text();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it.each([
    ['a port that is none', () => ['--port', 'http'], '--port must be a number'],
    ['a flag that it does not know', () => ['--prot', '4010'], "Unknown option '--prot'"],
    ['a port that is taken', () => ['--port', new URL(emulator.url).port], 'EADDRINUSE'],
  ])('refuses %s in one line', async (_what, args, reason) => {
    const child = spawn(process.execPath, ['--import', 'tsx', main, ...args()]);
    const output: Buffer[] = [];
    child.stderr.on('data', (data: Buffer) => output.push(data));
    expect(await once(child, 'close')).toEqual([1, null]);
    const lines = Buffer.concat(output).toString().trimEnd().split('\n');
    expect(lines).toEqual([expect.stringContaining(reason)]);
  });
});
