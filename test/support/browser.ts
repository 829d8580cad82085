import { chromium, type Browser, type Page } from 'playwright-core';
import { CHROMIUM } from './requires.js';

/** Headless Chromium with a new, empty profile, and without the services that speak to the outside by themselves. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** What a page does, filled as it happens. */
export interface PageLog {
  /** URLs that the page or its workers asked for outside their own origin. */
  foreignRequests: string[];
  /** Console errors and warnings, what the content security policy refused among them, and uncaught exceptions. */
  complaints: string[];
  /** URLs of the workers that it started. */
  workers: string[];
}

/** Watches a page that is about to open `origin`. */
export function watchPage(page: Page, origin: string): PageLog {
  const log: PageLog = { foreignRequests: [], complaints: [], workers: [] };
  page.context().on('request', (request) => {
    const url = new URL(request.url());
    // data: is inside the page, not a request of the network.
    if (url.protocol !== 'data:' && url.origin !== origin) log.foreignRequests.push(url.href);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) log.complaints.push(message.text());
  });
  page.on('pageerror', (error) => log.complaints.push(error.message));
  page.on('worker', (worker) => log.workers.push(worker.url()));
  return log;
}
