import { resolve } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, it } from 'vitest';

const eslint = new ESLint({ cwd: resolve(import.meta.dirname, '../..') });

/** The names of the rules that `code` breaks where it stood in `filePath`, a file that exists. */
async function findBroken(filePath: string, code: string): Promise<(string | null)[]> {
  const results = await eslint.lintText(code, { filePath });
  return results.flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId));
}

describe('the lint rules', { timeout: 60_000 }, () => {
  it.each([
    ['no-restricted-properties', 'src/server/http.ts', 'export const port = process.env.PORT;'],
    ['no-restricted-properties', 'src/server/http.ts', "export const port = process['env'].PORT;"],
    ['no-restricted-properties', 'src/main.ts', 'export const { env } = process;'],
    [
      'no-restricted-imports',
      'src/app.ts',
      "import { env } from 'node:process';\nexport const port = env.PORT;",
    ],
    ['no-restricted-syntax', 'src/app.ts', 'export default 1;'],
    ['no-restricted-syntax', 'src/app.ts', "export * from './config.js';"],
    ['no-restricted-syntax', 'src/app.ts', "export { readConfig } from './config.js';"],
    ['no-console', 'src/app.ts', "console.log('listening');"],
    ['@typescript-eslint/no-explicit-any', 'src/app.ts', 'export let anything: any;'],
    ['@typescript-eslint/no-explicit-any', 'src/app.ts', 'export let a: any; // eslint-disable-line'],
    ['@typescript-eslint/ban-ts-comment', 'src/app.ts', '// @ts-ignore\nexport const one = 1;'],
    ['@typescript-eslint/no-unused-vars', 'src/app.ts', 'const one = 1;'],
    ['@typescript-eslint/no-floating-promises', 'src/app.ts', 'Promise.resolve(1);'],
    [
      '@typescript-eslint/consistent-type-imports',
      'src/app.ts',
      "import { Config } from './config.js';\nexport const port = ({ port }: Config) => port;",
    ],
    ['@graphql-eslint/require-description', 'schema/base.graphql', 'extend type Query { count: Int }'],
    ['@graphql-eslint/naming-convention', 'schema/base.graphql', 'extend type Query { "It." Count: Int }'],
  ])('%s refuses in %s: %s', async (rule, filePath, code) => {
    expect(await findBroken(filePath, code)).toContain(rule);
  });

  it.each([
    ['src/config.ts', 'export const port = process.env.PORT;'],
    ['src/app.ts', "export { readConfig } from './config.js';\nexport const one = 1;"],
    ['src/emulator/main.ts', "console.log('listening');"],
    ['vitest.config.ts', 'export default {};'],
  ])('let through in %s: %s', async (filePath, code) => {
    expect(await findBroken(filePath, code)).toEqual([]);
  });
});
