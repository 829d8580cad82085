import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
