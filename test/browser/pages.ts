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

/** A headless browser, and the servers of the pages opened in it. */
export class Pages {
  private readonly servers: StaticServer[] = [];
  private browser: Browser | undefined;

  async start(): Promise<void> {
    const args = [...quietFlags, ...devices.flatMap(({ flags }) => flags)];
    this.browser = await chromium.launch({ executablePath: executablePath!, args });
  }
  /** The folder's page, served with these headers, and what it says or what goes wrong in it. */
  async open(folder: string, headers: Readonly<Record<string, string>>): Promise<{ page: Page; said: string[] }> {
    const server = await serve(folder, headers);
    this.servers.push(server);
    const page = await this.browser!.newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    await page.goto(server.url);
    return { page, said };
  }
  async close(): Promise<void> {
    await this.browser?.close();
    for (const server of this.servers) await server.close();
  }
}
