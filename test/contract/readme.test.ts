import { execFileSync } from 'node:child_process';
import { isObjectType } from 'graphql';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSchema } from '../../scripts/schema.js';
import { BLOCKED_NUMBERS } from '../../src/domains/blocked-number/endpoint.js';
import { FORWARDING_NUMBERS } from '../../src/domains/forwarding-number/endpoint.js';
import { PARSE } from '../../src/domains/number-parser/endpoint.js';
import { ACCOUNT_PHONE_NUMBERS, EXTENSION_PHONE_NUMBERS } from '../../src/domains/phone-number/endpoint.js';
import type { Operation, Resource } from '../../src/upstream/resource.js';
import { startProcess, type GatewayProcess } from '../support/process.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const README = read('README.md');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const blocks = (language: string) =>
  [...README.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, text]) => text ?? '');

let gateway: GatewayProcess;
beforeAll(async () => {
  gateway = await startProcess({});
});
afterAll(async () => {
  gateway.child.kill();
  await gateway.exited;
});

describe('the README', () => {
  it('starts it by two commands that are there', () => {
    expect(blocks('sh')[0]?.trim().split('\n')).toEqual(['npm ci', 'npm start']);
    expect(scripts['start']).toMatch(/^node (?:--\S+ )*dist\/main\.js$/);
    expect(scripts['prepare']).toContain('npm run build');
  });

  it('has a query that gives the answer beside it', () => {
    const command = blocks('sh')[1] ?? '';
    const here = command.replace('http://127.0.0.1:4000', gateway.url ?? '');
    expect(here).not.toBe(command);
    const answer = JSON.parse(execFileSync('sh', ['-c', here], { encoding: 'utf8' })) as Record<
      string,
      object
    >;
    const { data } = JSON.parse(blocks('json')[0] ?? '') as { data: object };
    expect(answer).toMatchObject({
      data,
      errors: [{ extensions: { code: 'NOT_FOUND' } }],
      extensions: { upstream: { calls: 1, ids: 3 } },
    });
  });

  it('names every npm script that it speaks of', () => {
    for (const [, name = ''] of README.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([name]);
  });

  it('has every environment variable of the configuration, with its default', () => {
    const config = read('src/config.ts');
    const numbers = [...config.matchAll(/^ {2}([A-Z_]+): integer\(([\d_]+),/gm)];
    expect(numbers.length).toBeGreaterThan(15);
    for (const [, name = '', value = ''] of numbers) {
      const row = README.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}\``));
      expect(row, name).toContain(value.replaceAll('_', ''));
    }
    for (const [, name = ''] of config.matchAll(/^ {2}([A-Z][A-Z_]+):/gm))
      expect(README).toContain(`\`${name}\``);
  });
});

/** The operations that the gateway was made for. */
const OPERATIONS = [
  ...['loadBlockedNumber', 'updateBlockedNumber', 'unblockNumber'],
  ...['createBlockedAllowedPhoneNumberLists', 'listBlockedAllowedPhoneNumber'],
  ...['updateBlockedAllowedPhoneNumber', 'deleteBlockedAllowedPhoneNumber'],
  ...['getForwardingNumber', 'deleteExtensionForwardingNumber'],
  ...['listExtensionPhoneNumbers', 'loadAccountPhoneNumber', 'parsePhoneNumber'],
];

const METHODS = { get: 'GET', list: 'GET', create: 'POST', update: 'PUT', remove: 'DELETE' } as const;

/** What each operation of a collection sends, written as the README writes it. */
function callsOf(resource: Resource<never>): [string, string][] {
  const collection = ['restapi/v1.0', ...resource.path({ accountId: '{id}', extensionId: '{id}' })];
  const ids = resource.batch ? '{ids}' : '{id}';
  return Object.entries<string>(resource.operations).map(([kind, operation]) => {
    const path = kind === 'list' || kind === 'create' ? collection : [...collection, ids];
    return [operation, `${METHODS[kind as Operation]} /${path.join('/')}`];
  });
}

describe('the README’s table of operations', () => {
  const rows = [...README.matchAll(/^\| +(\w+) +\| (.+?) +\| `((?:GET|POST|PUT|DELETE) .+?)` +\|$/gm)].map(
    ([, operation = '', asked = '', call = '']) => ({ operation, asked, call }),
  );
  const calls = new Map([
    ...[...Object.values(BLOCKED_NUMBERS), FORWARDING_NUMBERS].flatMap(callsOf),
    ...[ACCOUNT_PHONE_NUMBERS, EXTENSION_PHONE_NUMBERS].flatMap(callsOf),
    [PARSE.operation, `POST /restapi/v1.0/${PARSE.path.join('/')}`] as const,
  ]);
  const schema = loadSchema();
  const isField = (type = '', name = '') => {
    const found = schema.getType(type);
    return isObjectType(found) && name in found.getFields();
  };

  it('has the twelve that the gateway was made for', () => {
    expect(rows.map(({ operation }) => operation).toSorted()).toEqual(OPERATIONS.toSorted());
  });

  it.each(rows)('has for $operation fields and mutations that exist', ({ asked }) => {
    const written = [...asked.matchAll(/`(.+?)`/g)].map(([, name = '']) => name);
    const names = written.flatMap((name) => (name === 'node(s)' ? ['node', 'nodes'] : [name]));
    expect(names).not.toEqual([]);
    for (const name of names) {
      const [, source] = /^source: (\w+)$/.exec(name) ?? [];
      if (source !== undefined) expect(BLOCKED_NUMBERS).toHaveProperty(source);
      else if (name.includes('.')) expect(isField(...name.split('.')), name).toBe(true);
      else
        expect(
          ['Query', 'Mutation', 'Extension'].some((type) => isField(type, name)),
          name,
        ).toBe(true);
    }
  });

  it.each(rows)('has for $operation the call that is sent', ({ operation, call }) => {
    const [start = '', end] = call.split('…');
    const sent = calls.get(operation) ?? '';
    if (end === undefined) expect(call).toBe(sent);
    else expect([sent.startsWith(start), sent.endsWith(end)], `${call} for ${sent}`).toEqual([true, true]);
  });
});
