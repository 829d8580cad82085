/** Bundles the browser app of src/server/playground/app into dist/playground, workers and fonts included. */
import { rm, writeFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const outdir = resolve(root, 'dist/playground');

const common = {
  absWorkingDir: root,
  outdir,
  bundle: true,
  minify: true,
  metafile: true,
  target: 'es2022',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.ttf': 'file' },
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
} satisfies BuildOptions;

await rm(outdir, { recursive: true, force: true });
const workers = await build({
  ...common,
  format: 'iife',
  entryPoints: {
    editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
    json: 'monaco-editor/esm/vs/language/json/json.worker.js',
    graphql: 'monaco-graphql/esm/graphql.worker.js',
  },
});
// Names with the hash, by entry point: { json: 'json-X7K2.js', … }
const workerFiles = Object.fromEntries(
  Object.keys(workers.metafile.outputs).map((path): [string, string] => {
    const file = basename(path);
    return [file.replace(/-.*/, ''), file];
  }),
);

const entryPoint = 'src/server/playground/app/main.tsx';
const app = await build({
  ...common,
  format: 'esm',
  splitting: true,
  jsx: 'automatic',
  // GraphiQL titles its icons by the names of their functions.
  keepNames: true,
  // GraphiQL asks for the formatter's parsers by old names, CommonJS files that a split bundle gives no named exports.
  alias: {
    'prettier/parser-babel': 'prettier/plugins/babel',
    'prettier/parser-graphql': 'prettier/plugins/graphql',
  },
  entryPoints: { app: entryPoint },
  define: { ...common.define, WORKER_FILES: JSON.stringify(workerFiles) },
});
const outputs = Object.entries(app.metafile.outputs);
const [script, { cssBundle: style } = {}] =
  outputs.find(([, output]) => output.entryPoint === entryPoint) ?? [];
if (script === undefined || style === undefined) throw new Error('esbuild wrote no script or no style sheet');

// The app's own style sheet holds those of the parts loaded later too; esbuild writes them once more on their own.
for (const [path] of outputs.filter(([path]) => path.endsWith('.css') && path !== style)) {
  await rm(resolve(root, path));
}
const manifest = { script: basename(script), style: basename(style) };
await writeFile(resolve(outdir, 'manifest.json'), JSON.stringify(manifest));
