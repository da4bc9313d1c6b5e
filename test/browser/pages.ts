import { type Browser, chromium, type Page } from 'playwright-core';
import { type StaticServer, serve } from '../../scripts/serve.ts';
import { findChromium, quietFlags } from './chromium.ts';
import { devices } from './devices.ts';

/** Where Chromium is, if anywhere; said once where it is nowhere. */
export const executablePath = findChromium();
if (!executablePath)
  console.warn(
    'No Chromium here: browser tests are skipped. Fix: install one (apt-get install chromium) or set CHROMIUM to its path.',
  );

/** A page, and what it says or what goes wrong in it. */
export interface Opened {
  readonly page: Page;
  readonly said: string[];
}

/** A headless browser, and the servers of the pages opened in it. */
export class Pages {
  private readonly servers: StaticServer[] = [];
  private browser: Browser | undefined;

  async start(): Promise<void> {
    const args = [...quietFlags, ...devices.flatMap(({ flags }) => flags)];
    this.browser = await chromium.launch({ executablePath: executablePath!, args });
  }
  /** The folder's page, served with these headers, and what it says or what goes wrong in it. */
  async open(folder: string, headers: Readonly<Record<string, string>>): Promise<Opened> {
    const server = await serve(folder, headers);
    this.servers.push(server);
    return this.visit(server.url);
  }
  /** A page of a server that runs already. */
  async visit(url: string): Promise<Opened> {
    const page = await this.browser!.newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    await page.goto(url);
    return { page, said };
  }
  /** What the page puts into `globalThis.found`; fails if it says anything else than what is expected. */
  async found({ page, said }: Opened, expected?: RegExp): Promise<unknown> {
    // Not `waitForFunction`, which content security policies keep from running.
    const value = page.evaluate(async () => {
      const end = performance.now() + 40_000;
      const place = globalThis as { found?: unknown };
      while (place.found === undefined && performance.now() < end) await new Promise((next) => setTimeout(next, 20));
      return place.found;
    });
    const result = await value.catch((error) => `${error} ${said.join(' ')}`);
    const rest = said.filter((line) => !expected?.test(line));
    if (rest.length > 0) throw new Error(`the page says: ${rest.join(' ')}`);
    return result ?? `the page found nothing: ${said.join(' ')}`;
  }
  async close(): Promise<void> {
    await this.browser?.close();
    for (const server of this.servers) await server.close();
  }
}
