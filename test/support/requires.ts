import { existsSync } from 'node:fs';

/**
 * Whether a program is there. Without it the tests that need it are skipped loudly; in CI, where a skipped check is no
 * check, that is an error.
 */
export function has(program: string, path: string): boolean {
  if (existsSync(path)) return true;
  if (process.env['CI'] === 'true')
    throw new Error(`${program} (${path}) is missing, and CI must not skip its tests`);
  console.warn(`SKIPPED: ${program} (${path}) is missing; install it to run these tests`);
  return false;
}

export const CHROMIUM = '/usr/bin/chromium';
export const REDIS_SERVER = '/usr/bin/redis-server';
