import { mkdirSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type App } from '../../src/app.js';
import { parseConfig } from '../../src/config.js';
import { EXAMPLES } from '../../src/server/playground/app/examples.js';
import { launchBrowser, watchPage } from '../support/browser.js';
import { CHROMIUM, has } from '../support/requires.js';

// The page is the bundle in dist/playground, which `npm ci` and `npm run build:playground` write.

/** A browser on a busy machine takes its time. */
const SOON = { timeout: 10_000 };

let app: App;
beforeAll(async () => {
  app = await startApp(parseConfig({ PORT: '0', LOG_LEVEL: 'silent' }));
});
afterAll(() => app.stop());

describe.runIf(has('Chromium', CHROMIUM))('the playground in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  /** A first visit, up to where the editors can be used. */
  async function visit() {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const log = watchPage(page, app.url);
    await page.goto(`${app.url}/graphql`);
    await page.locator('.result-window .monaco-editor').waitFor();
    const query = page.locator('.graphiql-query-editor .view-lines');
    await query.getByText('{').first().waitFor();
    return { page, log, query, answer: page.locator('.result-window .view-lines') };
  }

  it('runs its first tab with the demo token, and asks no other origin for anything', async () => {
    const { page, log, answer } = await visit();
    await page.getByRole('button', { name: 'Execute query' }).click();
    await expect.poll(() => answer.textContent(), SOON).toMatch(/Ann\sArcher/);
    const cost = page.locator('.graphiql-footer');
    await expect.poll(() => cost.textContent(), SOON).toMatch(/^\d+ upstream calls? · \d+ id/);

    const workers = () => new Set(log.workers.map((url) => /\/playground\/(\w+)-/.exec(url)?.[1]));
    await expect.poll(workers, SOON).toEqual(new Set(['editor', 'graphql', 'json']));
    mkdirSync('test-results', { recursive: true });
    await page.screenshot({ path: 'test-results/playground.png' });
    expect(log).toMatchObject({ foreignRequests: [], complaints: [] });
  });

  it('tells below each answer what that one cost, and nothing below one that failed', async () => {
    const { page } = await visit();
    const footer = page.locator('.graphiql-footer');
    const open = async (name: string) => {
      await page.locator('.graphiql-tab-button', { hasText: name }).click();
      // GraphiQL keeps the query when it has read the operation's name, which it sends.
      const kept = () => page.evaluate(`sessionStorage.getItem('graphiql:query')`);
      await expect.poll(kept, SOON).toContain(` ${name}`);
    };
    const execute = () => page.getByRole('button', { name: 'Execute query' }).click();
    const cost = { who: /^2 upstream calls/, thirty: /^1 upstream call · 30 ids/ };

    await open('ThirtyLookUps');
    expect(await footer.textContent()).toBe('');
    await execute();
    await expect.poll(() => footer.textContent(), SOON).toMatch(cost.thirty);
    await open('WhoAmI');
    expect(await footer.textContent()).toBe('');
    await execute();
    await expect.poll(() => footer.textContent(), SOON).toMatch(cost.who);
    await open('ThirtyLookUps');
    expect(await footer.textContent()).toMatch(cost.thirty);

    await page.route('**/graphql', (route) => route.abort());
    await execute();
    await expect.poll(() => footer.textContent(), SOON).toBe('');
  });

  it('drops an answer whose tab was left before it came', async () => {
    const { page, answer } = await visit();
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.route('**/graphql', async (route) => {
      await held;
      await route.continue().catch(() => undefined);
    });
    const asked = page.waitForRequest((request) => request.method() === 'POST');
    const stopped = page.waitForEvent('requestfailed');
    await page.getByRole('button', { name: 'Execute query' }).click();
    await asked;
    await page.locator('.graphiql-tab-button', { hasText: 'ParseNumbers' }).click();
    await stopped;
    release();
    expect(await answer.textContent()).not.toMatch(/Ann/);
    expect(await page.locator('.graphiql-footer').textContent()).toBe('');
  });

  it('opens with a tab for each example', async () => {
    const { page } = await visit();
    const names = EXAMPLES.map(({ query }) => /^(?:query|mutation) (\w+)/m.exec(query)?.[1]);
    expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual(names);
  });

  it('formats a query', async () => {
    const { page, log, query } = await visit();
    const formatted = await query.innerText();
    await query.click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.insertText('    ');
    await expect.poll(() => query.innerText(), SOON).not.toBe(formatted);
    await page.getByRole('button', { name: 'Prettify query' }).click();
    await expect.poll(() => query.innerText(), SOON).toBe(formatted);
    expect(log.complaints).toEqual([]);
  });

  it('would be caught asking another origin', async () => {
    const { page, log } = await visit();
    await page.evaluate(() => fetch('https://example.com/').catch(() => undefined));
    expect(log.complaints.join()).toContain('Content Security Policy');
  });
});

describe("the playground's examples", () => {
  interface Answer {
    data: Record<string, unknown>;
    errors?: { path: (string | number)[]; extensions: { code: string } }[];
    extensions: { upstream: { calls: number; ids: number } };
  }

  /** The answer of the tab with this title to the page's own settings. */
  async function run(name: string): Promise<Answer> {
    const html = await (await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } })).text();
    const { demoToken } = JSON.parse(/id="settings">(.*?)</.exec(html)?.[1] ?? '') as { demoToken: string };
    const example = EXAMPLES.find(({ query }) => query.includes(` ${name}`));
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${demoToken}` },
      body: JSON.stringify(example),
    });
    return (await response.json()) as Answer;
  }

  it('say who the caller is', async () => {
    const { data, errors } = await run('WhoAmI');
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ extension: { name: 'Ann Archer', phoneNumbers: { nodes: { length: 3 } } } });
  });

  it('fold thirty look-ups into one upstream call', async () => {
    const { errors, extensions } = await run('ThirtyLookUps');
    expect(errors).toBeUndefined();
    expect(extensions.upstream).toMatchObject({ calls: 1, ids: 30 });
  });

  it('show a missing id as its own error', async () => {
    const { data, errors = [] } = await run('OneIdMissing');
    expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['phoneNumbers', 2], 'NOT_FOUND'],
    ]);
    expect(data['phoneNumbers']).toEqual([expect.anything(), expect.anything(), null]);
  });

  it('block, rename and unblock a number, as often as one likes', async () => {
    for (const time of ['first', 'second']) {
      const { data, errors } = await run('BlockRenameUnblock');
      expect(errors, time).toBeUndefined();
      expect(data, time).toMatchObject({
        block: { blockedNumber: { status: 'BLOCKED' }, userErrors: [] },
        rename: { blockedNumbers: [{ label: 'Sells fridges' }], userErrors: [] },
        unblock: { deletedIds: { length: 1 }, userErrors: [] },
      });
    }
  });

  it('parse numbers', async () => {
    const { data, errors } = await run('ParseNumbers');
    expect(errors).toBeUndefined();
    const parsed = [{ e164: '+16505550100' }, { e164: '+16505550101' }, { e164: '+18005550199' }];
    expect(data).toMatchObject({ parsePhoneNumbers: { phoneNumbers: parsed } });
  });
});
