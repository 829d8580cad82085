import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Where a needed program is missing its tests are skipped loudly; in CI that fails (test/support/requires.ts).
    globals: false,
  },
});
