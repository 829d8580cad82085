import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const DOCUMENT = read('docs/architecture.md');

const PATHS = ['src', 'schema', 'test', 'scripts', 'docs'].flatMap((folder) =>
  readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' }).map(
    (path) => `${folder}/${path}`,
  ),
);
const all = (pattern: RegExp) => [...DOCUMENT.matchAll(pattern)].map(([, ...groups]) => groups);
/** The files that a path may mean; a name without its folder is one of several. */
const find = (path: string) => PATHS.filter((known) => known === path || known.endsWith(`/${path}`));

describe('the architecture document', () => {
  it('names files and folders that are there', () => {
    const files = all(/`([\w./-]+\.(?:ts|md))`/g).map(([path = '']) => path);
    const folders = all(/`((?:src|schema)[\w/-]*\/)`/g).map(([path = '']) => path.slice(0, -1));
    expect(files.length).toBeGreaterThan(30);
    expect(folders.length).toBeGreaterThan(5);
    const missing = [...files, ...folders].filter(
      (path) => ![...PATHS, 'schema'].includes(path) && find(path).length === 0,
    );
    expect(missing).toEqual([]);
  });

  it('names symbols that are declared in the file beside them', () => {
    const symbols = all(/`([\w./-]+\.ts)`\s+`([\w.]+)`/g);
    expect(symbols.length).toBeGreaterThan(25);
    const missing = symbols.filter(([path = '', symbol = '']) => {
      const declares = (text: string) =>
        symbol
          .split('.')
          .every((name) =>
            new RegExp(
              `(?:class|function|const|interface|type) ${name}\\b|^\\s+(?:async )?(?:readonly )?${name}[(<:]`,
              'm',
            ).test(text),
          );
      return !find(path).some((file) => declares(read(file)));
    });
    expect(missing).toEqual([]);
  });

  it('has a room for every file and folder of src/', () => {
    const rooms = all(/^\| (`src\/[^|]*?) +\|/gm).map(([cell = '']) => cell);
    const names = readdirSync(new URL('src', ROOT), { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? `\`src/${entry.name}/` : `\`src/${entry.name}\``,
    );
    expect(names.filter((name) => !rooms.some((cell) => cell.includes(name)))).toEqual([]);
  });
});
