import type { FastifyInstance, FastifyReply } from 'fastify';
import { readAssets, type Assets } from './assets.js';
import { CONTENT_SECURITY_POLICY, playgroundPage, type PageSettings } from './page.js';

export interface PlaygroundOptions extends PageSettings {
  /** The folder of the bundle, with a slash at its end; by default where the build puts it. */
  bundle?: URL;
}

const ASSET_PATH = '/playground/';
const YEAR_SECONDS = 31_536_000;

/** On every answer, since a worker lives under the policy that its own script came with. */
const withPolicy = (reply: FastifyReply) => reply.header('content-security-policy', CONTENT_SECURITY_POLICY);

/**
 * Serves the bundle under /playground/, and sends who opens the bare address, as after a login, to the page.
 * @returns what answers a browser that opens GET /graphql: the page, or 503 where the bundle was not built.
 */
export function registerPlayground(
  app: FastifyInstance,
  { bundle, ...settings }: PlaygroundOptions,
): (reply: FastifyReply) => Promise<FastifyReply> {
  let reading: Promise<Assets | undefined> | undefined;
  // At the first request, since most processes never see one.
  const assets = () => (reading ??= readAssets(bundle));

  app.get<{ Params: { '*': string } }>(`${ASSET_PATH}*`, async (request, reply) => {
    const asset = (await assets())?.files.get(request.params['*']);
    if (!asset) {
      reply.callNotFound();
      return reply;
    }
    return withPolicy(reply)
      .header('cache-control', `public, max-age=${String(YEAR_SECONDS)}, immutable`)
      .type(asset.type)
      .send(asset.body);
  });

  app.get('/', (_request, reply) => reply.header('cache-control', 'no-store').redirect('/graphql'));

  return async (reply) => {
    const found = await assets();
    withPolicy(reply).header('cache-control', 'no-store');
    if (!found) {
      return reply.code(503).type('text/plain').send('The playground is not built. Run: npm run build\n');
    }
    const page = playgroundPage(settings, ASSET_PATH + found.script, ASSET_PATH + found.style);
    return reply.type('text/html; charset=utf-8').send(page);
  };
}
