import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8');
const DOCUMENTS = [
  'README.md',
  ...readdirSync(new URL('docs', ROOT), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);

/** GitHub's name of a heading. */
const toAnchor = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

describe.each(DOCUMENTS)('%s', (path) => {
  const text = read(path);

  it('links to documents and headings that are there', () => {
    const broken = all(text, /\]\((?!https?:)([^)]+)\)/g).filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = new URL(file, new URL(path, ROOT));
      if (!existsSync(target)) return true;
      if (anchor === undefined) return false;
      return !all(readFileSync(target, 'utf8'), /^#+ (.*)$/gm)
        .map(toAnchor)
        .includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names npm scripts that are there', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
    for (const name of all(text, /npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([name]);
  });
});

it('what the documents call a setting is one', () => {
  const settings = new Set(all(read('src/config.ts'), /^ {2}([A-Z][A-Z_]+):/gm));
  for (const path of ['docs/sessions.md', 'docs/trusted-documents.md', 'docs/emulator.md']) {
    const names = all(read(path), /`([A-Z]+(?:_[A-Z]+)+)`/g).filter((name) => !name.startsWith('UNKNOWN_'));
    expect(names.filter((name) => !settings.has(name))).toEqual([]);
  }
});

it('the document of sessions names every route, and those alone', () => {
  const routes = all(read('src/server/session/auth-routes.ts'), /app\.\w+\('(\/[^']+)'/g);
  const named = all(read('docs/sessions.md'), /^\| `(?:GET|POST) ([^`?]+)/gm);
  expect(named.sort()).toEqual(routes.sort());
});
