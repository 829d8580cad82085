import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fastify from 'fastify';
import { buildSchema, Kind, parse, validate } from 'graphql';
import { afterAll, describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../src/server/playground/app/examples.js';
import { registerPlayground, type PlaygroundOptions } from '../../src/server/playground/playground.js';

const folder = mkdtempSync(join(tmpdir(), 'playground-'));
const bundle = pathToFileURL(`${folder}/`);
writeFileSync(join(folder, 'manifest.json'), '{"script":"app-1.js","style":"app-2.css"}');
writeFileSync(join(folder, 'app-1.js'), 'start()');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function serve(options: Partial<PlaygroundOptions>) {
  const app = fastify();
  const sendPlayground = registerPlayground(app, { sessions: false, bundle, ...options });
  app.get('/graphql', (_request, reply) => sendPlayground(reply));
  return (url: string) => app.inject({ url });
}

/** The settings as a browser's HTML parser finds them: up to the first end tag. */
const settingsOf = (html: string): unknown =>
  JSON.parse(/<script type="application\/json" id="settings">(.*?)<\/script/s.exec(html)?.[1] ?? '');

describe('the playground page', () => {
  it('is stored nowhere and may load and call its own origin alone, with no inline script', async () => {
    const { headers, body } = await serve({})('/graphql');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['cache-control']).toBe('no-store');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self';");
    expect(policy).not.toMatch(/script-src|worker-src|connect-src|unsafe-eval|blob:|https?:/);
    expect(body.match(/<script(?![^>]* src=| type="application\/json")/g)).toBeNull();
    expect(body.match(/(?:src|href)="(?!\/playground\/|data:)/g)).toBeNull();
  });

  it('carries the demo token as data that cannot end its element', async () => {
    const demoToken = `</script><script>alert('"')</script><!--`;
    const { body } = await serve({ demoToken, sessions: true })('/graphql');
    expect(settingsOf(body)).toEqual({ demoToken, sessions: true });
    expect(body.match(/<script/g)).toHaveLength(2);
  });

  it('is where who opens the bare address is sent', async () => {
    const { statusCode, headers } = await serve({})('/');
    expect([statusCode, headers['location'], headers['cache-control']]).toEqual([
      302,
      '/graphql',
      'no-store',
    ]);
  });

  it('says how to build it where it is not built', async () => {
    const get = serve({ bundle: new URL('missing/', bundle) });
    const { statusCode, headers, body } = await get('/graphql');
    expect([statusCode, headers['cache-control'], body]).toEqual([
      503,
      'no-store',
      'The playground is not built. Run: npm run build\n',
    ]);
    expect((await get('/playground/app-1.js')).statusCode).toBe(404);
  });
});

describe("the playground's files", () => {
  it('keep for ever under their hashed names', async () => {
    const { statusCode, headers, body } = await serve({})('/playground/app-1.js');
    expect([statusCode, body]).toEqual([200, 'start()']);
    expect(headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(headers['content-security-policy']).toContain("default-src 'self'");
  });

  it.each(['manifest.json', '', '../package.json', '..%2f..%2fpackage.json', '%2e%2e/app-1.js', 'app-1.js/'])(
    'do not include %j',
    async (name) => {
      const { statusCode, body } = await serve({})(`/playground/${name}`);
      expect(statusCode).toBe(404);
      expect(body).not.toContain('start()');
    },
  );
});

describe("the playground's examples", () => {
  const folder = new URL('../../schema/', import.meta.url);
  const sdl = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const schema = buildSchema(sdl.join('\n'));

  it.each(EXAMPLES.map(({ query }, index) => ({ tab: index + 1, query })))(
    'are valid, and run without variables that are not to be seen: tab $tab',
    ({ query }) => {
      const document = parse(query);
      expect(validate(schema, document)).toEqual([]);
      const variables = document.definitions.flatMap((definition) =>
        definition.kind === Kind.OPERATION_DEFINITION ? (definition.variableDefinitions ?? []) : [],
      );
      expect(variables.filter(({ defaultValue }) => defaultValue === undefined)).toEqual([]);
    },
  );
});
