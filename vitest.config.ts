import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Apollo loads graphql's CommonJS build, and a process may hold one build only.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Where a needed program is missing its tests are skipped loudly; in CI that fails (test/support/requires.ts).
    globals: false,
  },
});
