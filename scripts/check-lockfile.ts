/**
 * Guards what `npm ci` installs: exact versions in package.json; a lockfile that names content, not places; and no
 * package that runs a script at install but those of install-scripts.json, each with its reason.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly overrides?: Readonly<Record<string, unknown>>;
}

export interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lockfile {
  readonly lockfileVersion: number;
  /** By place, for example `node_modules/a/node_modules/b`; the project itself is the empty one. */
  readonly packages: Readonly<Record<string, LockEntry>>;
}

const EXACT_VERSION = /^\d+\.\d+\.\d+(-[\w.-]+)?$/;

/** The faults of the three files, a sentence each; none when they may be installed from. */
export function checkLockfile(
  manifest: Manifest,
  { lockfileVersion, packages }: Lockfile,
  reasons: Readonly<Record<string, string>>,
): string[] {
  const installed = Object.entries(packages).filter(([place]) => place !== '');
  return [
    ...(lockfileVersion === 3 ? [] : ['package-lock.json: its version is not 3.']),
    ...findRanges(manifest),
    ...installed.flatMap(([place, entry]) => findEntryFaults(place, entry)),
    ...installed.flatMap(([place, entry]) => findMissing(packages, place, entry)),
    ...findScriptFaults(installed, reasons),
  ];
}

function findRanges({ dependencies, devDependencies, optionalDependencies, overrides }: Manifest): string[] {
  return [dependencies, devDependencies, optionalDependencies, overrides]
    .flatMap((group) => Object.entries(group ?? {}))
    .filter(([, version]) => typeof version !== 'string' || !EXACT_VERSION.test(version))
    .map(([name, version]) => `package.json: ${name} is ${JSON.stringify(version)}, not one exact version.`);
}

/** A place that a package was once found at holds for one machine and one registry alone; its hash holds anywhere. */
function findEntryFaults(place: string, { resolved, integrity, link }: LockEntry): string[] {
  const faults: string[] = [];
  const tell = (fault: string) => faults.push(`package-lock.json: ${place} ${fault}.`);
  if (resolved !== undefined || link === true) tell('names a place to fetch it from');
  if (integrity?.startsWith('sha512-') !== true) tell('has no SHA-512 integrity');
  return faults;
}

/** `npm ci` refuses a lockfile that leaves out a dependency, be it an optional one of another platform. */
function findMissing(packages: Lockfile['packages'], place: string, entry: LockEntry): string[] {
  return Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
    .filter((name) => !isReachable(packages, place, name))
    .map((name) => `package-lock.json: ${place} depends on ${name}, which has no entry.`);
}

/** Whether `name` lies in a node_modules that Node would look into from `place`. */
function isReachable(packages: Lockfile['packages'], place: string, name: string): boolean {
  if (packages[`${place && `${place}/`}node_modules/${name}`] !== undefined) return true;
  if (place === '') return false;
  return isReachable(packages, place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/'))), name);
}

function findScriptFaults(
  installed: readonly (readonly [string, LockEntry])[],
  reasons: Readonly<Record<string, string>>,
): string[] {
  const running = new Set(
    installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([place]) => toName(place)),
  );
  return [
    ...[...running]
      .filter((name) => !reasons[name]?.trim())
      .map((name) => `install-scripts.json: ${name} runs a script at install, and no reason is given.`),
    ...Object.keys(reasons)
      .filter((name) => !running.has(name))
      .map((name) => `install-scripts.json: ${name} runs no script at install any more.`),
  ];
}

const toName = (place: string) => place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** The same for the three files of a repository. */
export function checkRepository(root = resolve(import.meta.dirname, '..')): string[] {
  const read = (path: string): unknown => JSON.parse(readFileSync(resolve(root, path), 'utf8'));
  return checkLockfile(
    read('package.json') as Manifest,
    read('package-lock.json') as Lockfile,
    read('scripts/install-scripts.json') as Record<string, string>,
  );
}

const entry = process.argv[1];
if (entry !== undefined && resolve(entry) === fileURLToPath(import.meta.url)) {
  const faults = checkRepository();
  if (faults.length > 0) {
    process.stderr.write(`${faults.join('\n')}\n`);
    process.exitCode = 1;
  }
}
