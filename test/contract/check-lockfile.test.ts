import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkLockfile,
  checkRepository,
  type LockEntry,
  type Lockfile,
} from '../../scripts/check-lockfile.js';

const INTEGRITY = 'sha512-c2FtcGxl';
const REASONS = { built: 'It puts its binary in place.' };

const lock = (changes: Record<string, LockEntry> = {}, lockfileVersion = 3): Lockfile => ({
  lockfileVersion,
  packages: {
    '': { version: '1.0.0' },
    'node_modules/plain': { version: '1.0.0', integrity: INTEGRITY },
    'node_modules/plain/node_modules/@scope/built': {
      version: '1.0.0',
      integrity: INTEGRITY,
    },
    'node_modules/built': { version: '2.0.0', integrity: INTEGRITY, hasInstallScript: true },
    ...changes,
  },
});

describe('the lockfile check', () => {
  it('lets exact versions, hashed entries and reasoned scripts through', () => {
    const manifest = { dependencies: { plain: '1.0.0' }, devDependencies: { built: '2.0.0-rc.1' } };
    expect(checkLockfile(manifest, lock(), REASONS)).toEqual([]);
  });

  it.each([
    '^1.0.0',
    '~1.0.0',
    '1',
    '1.x',
    '>=1.0.0',
    '*',
    '',
    'latest',
    'npm:other@1.0.0',
    'file:../x',
    'owner/repo',
  ])('refuses "%s" in package.json', (version) => {
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies', 'overrides']) {
      expect(checkLockfile({ [kind]: { plain: version } }, lock(), REASONS)).toEqual([
        `package.json: plain is "${version}", not one exact version.`,
      ]);
    }
  });

  it.each([
    [{ resolved: 'https://registry.example/plain-1.0.0.tgz', integrity: INTEGRITY }],
    [{ resolved: 'git+ssh://git@example/plain.git#0123', integrity: INTEGRITY }],
    [{ link: true, integrity: INTEGRITY }],
  ])('refuses an entry that names a place: %o', (entry) => {
    expect(checkLockfile({}, lock({ 'node_modules/plain': entry }), REASONS)).toEqual([
      'package-lock.json: node_modules/plain names a place to fetch it from.',
    ]);
  });

  it.each([[{ version: '1.0.0' }], [{ version: '1.0.0', integrity: 'sha1-c2FtcGxl' }]])(
    'refuses an entry that no SHA-512 holds: %o',
    (entry) => {
      expect(checkLockfile({}, lock({ 'node_modules/plain': entry }), REASONS)).toEqual([
        'package-lock.json: node_modules/plain has no SHA-512 integrity.',
      ]);
    },
  );

  it('refuses an entry that depends on what is not locked', () => {
    const other = { 'other-linux': '1.0.0', 'other-darwin': '1.0.0' };
    const changes = {
      'node_modules/plain': { integrity: INTEGRITY, dependencies: { built: '2.0.0' } },
      'node_modules/plain/node_modules/other': { integrity: INTEGRITY, optionalDependencies: other },
      'node_modules/plain/node_modules/other-linux': { integrity: INTEGRITY },
      'node_modules/built/node_modules/other-darwin': { integrity: INTEGRITY },
    };
    expect(checkLockfile({}, lock(changes), REASONS)).toEqual([
      'package-lock.json: node_modules/plain/node_modules/other depends on other-darwin, which has no entry.',
    ]);
  });

  it('refuses an install script without a reason, however deep the package lies', () => {
    const place = 'node_modules/plain/node_modules/@scope/built';
    const deep = lock({ [place]: { integrity: INTEGRITY, hasInstallScript: true } });
    const fault = 'install-scripts.json: @scope/built runs a script at install, and no reason is given.';
    expect(checkLockfile({}, deep, REASONS)).toEqual([fault]);
    expect(checkLockfile({}, deep, { ...REASONS, '@scope/built': ' ' })).toEqual([fault]);
  });

  it('refuses a reason that nothing needs any more', () => {
    expect(checkLockfile({}, lock(), { ...REASONS, plain: 'It once had one.' })).toEqual([
      'install-scripts.json: plain runs no script at install any more.',
    ]);
  });

  it('refuses another version of the lockfile, whose entries it cannot judge', () => {
    expect(checkLockfile({}, lock({}, 1), REASONS)).toEqual(['package-lock.json: its version is not 3.']);
  });

  it('lets this project through', () => {
    expect(checkRepository()).toEqual([]);
  });

  it('installs in production what runs on the oldest Node of package.json', () => {
    interface Entry {
      readonly dev?: boolean;
      readonly engines?: { readonly node?: string };
    }
    const read = (name: string): unknown =>
      JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
    const { packages } = read('package-lock.json') as { packages: Record<string, Entry> };
    const majorOf = (range: string) => Number(/\d+/.exec(range)?.[0] ?? 0);
    const oldest = majorOf(packages['']?.engines?.node ?? '');
    const tooNew = Object.entries(packages).filter(
      ([, { dev, engines }]) =>
        dev !== true && (engines?.node ?? '*').split('||').every((range) => majorOf(range) > oldest),
    );
    expect(oldest).toBe(20);
    expect(tooNew.map(([place]) => place)).toEqual([]);
  });
});
