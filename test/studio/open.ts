import { type Browser, chromium, type Page } from 'playwright-core';
import { quietFlags } from '../browser/chromium.ts';
import { executablePath } from '../browser/pages.ts';

export { executablePath } from '../browser/pages.ts';

/** A page of the studio; what it says or asks of others, which is to be nothing. */
export interface OpenedStudio {
  readonly page: Page;
  readonly said: readonly string[];
  readonly asked: readonly string[];
}

let browser: Browser | undefined;
export async function openStudio(url: string, size = { width: 1280, height: 800 }): Promise<OpenedStudio> {
  browser ??= await chromium.launch({ executablePath: executablePath!, args: quietFlags });
  const page = await browser.newPage({ viewport: size });
  const [said, asked]: string[][] = [[], []];
  page.on('console', (message) => said!.push(message.text()));
  page.on('pageerror', (error) => said!.push(String(error)));
  page.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url())) asked!.push(request.url());
  });
  page.on('dialog', (dialog) => {
    said!.push(`dialog ${dialog.message()}`);
    return dialog.dismiss();
  });
  await page.goto(url);
  return { page, said: said!, asked: asked! };
}
export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}
