import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config.js';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name);

const settings = new Set(all(read('src/config.ts'), /^ {2}([A-Z][A-Z_]+):/gm));
const kubernetes = read('deploy/kubernetes.yaml');

describe('the deployment files', () => {
  it.each([
    ['deploy/compose.yaml', /^ {6}([A-Z][A-Z0-9_]+):/gm],
    ['deploy/kubernetes.yaml', /(?:- name: |--from-literal=)([A-Z][A-Z0-9_]+)/g],
    ['Dockerfile', /(?<=^ENV .*)\b([A-Z][A-Z0-9_]+)=/gm],
  ])('%s sets only variables that the gateway knows', (path, pattern) => {
    const names = all(read(path), pattern);
    expect(names.length).toBeGreaterThan(2);
    expect(names.filter((name) => !settings.has(name))).toEqual([]);
  });

  it('Kubernetes waits longer than the gateway takes to finish what is in flight', () => {
    const seconds = (pattern: RegExp) => Number(pattern.exec(kubernetes)?.[1]);
    const pause = seconds(/preStop: \{ sleep: \{ seconds: (\d+) \} \}/);
    const grace = parseConfig({}).shutdownGraceMs / 1000;
    expect(seconds(/terminationGracePeriodSeconds: (\d+)/)).toBeGreaterThan(pause + grace);
  });

  it('Kubernetes runs the image without root, privileges or a writable file system', () => {
    for (const line of [
      'runAsNonRoot: true',
      'allowPrivilegeEscalation: false',
      'readOnlyRootFilesystem: true',
      'drop: [ALL]',
    ]) {
      expect(kubernetes).toContain(line);
    }
  });
});
