import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { OPERATIONS } from '../../src/emulator/router.js';
import { TOKENS } from '../../src/emulator/seed.js';
import { startGateway } from '../support/gateway.js';
import { blockedId } from '../support/upstream.js';

const DOCUMENT = readFileSync(new URL('../../docs/emulator.md', import.meta.url), 'utf8');
const blocks = [...DOCUMENT.matchAll(/^```sh\n([^]*?)^```/gm)].map(([, text]) => text ?? '');

it("the emulator's document names every token, the app and its secret", async () => {
  const named = [...DOCUMENT.matchAll(/`(demo-token-[\w-]+)`/g)].map(([, token]) => token);
  expect(new Set(named)).toEqual(new Set(Object.values(TOKENS)));
  const gateway = await startGateway();
  const { id, secret } = gateway.emulator.client;
  expect(DOCUMENT).toContain(`\`${id}\``);
  expect(DOCUMENT).toContain(`\`${secret}\``);
  await gateway.stop();
});

it("the emulator's document orders a fault that a client of the gateway sees", async () => {
  const gateway = await startGateway();
  const command = blocks.find((block) => block.includes('/emulator/faults')) ?? '';
  expect(OPERATIONS).toContain(/"operation":"(\w+)"/.exec(command)?.[1]);
  await promisify(execFile)('sh', ['-c', command.replace('http://127.0.0.1:4010', gateway.emulator.url)]);
  const query = `{ extension { blockedNumber(resourceId: "${blockedId(0)}") { label } } }`;
  const { errors } = await gateway.query(query);
  expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_UNAVAILABLE']);
  expect(gateway.calls()).toHaveLength(3);
  expect((await gateway.query(query)).errors).toEqual([]);
  await gateway.stop();
});
