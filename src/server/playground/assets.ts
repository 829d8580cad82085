import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { extname } from 'node:path';

/** A file of the playground's bundle. Its name holds a hash of its content. */
interface Asset {
  type: string;
  body: Buffer;
}

export interface Assets {
  /** File names of the page's own script and style sheet. */
  script: string;
  style: string;
  files: ReadonlyMap<string, Asset>;
}

/** Where `npm run build` puts the bundle; as far from src/server/playground as from dist/server/playground. */
const BUNDLE = new URL('../../../dist/playground/', import.meta.url);

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
};

/** Reads the bundle whole, so that a name from outside only ever selects from a map. Undefined: it was not built. */
export async function readAssets(folder = BUNDLE): Promise<Assets | undefined> {
  const manifest = new URL('manifest.json', folder);
  if (!existsSync(manifest)) return undefined;
  const { script, style } = JSON.parse(await readFile(manifest, 'utf8')) as { script: string; style: string };
  const files = new Map<string, Asset>();
  for (const name of await readdir(folder)) {
    const type = CONTENT_TYPES[extname(name)];
    if (type !== undefined) files.set(name, { type, body: await readFile(new URL(name, folder)) });
  }
  return { script, style, files };
}
