import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type StaticServer, serve } from '../../scripts/serve.ts';
import { quietFlags } from '../../test/browser/chromium.ts';
import { executablePath } from '../../test/browser/pages.ts';

const folder = fileURLToPath(new URL('../build', import.meta.url));
const isMade = existsSync(folder);
if (!isMade) console.warn('The site is not made: its pages are not looked at. Fix: npm run docs');

/** A page of each kind. */
const kinds = [
  'index.html',
  'start/node.html',
  'guides/subclassing.html',
  'guides/own-training.html',
  'migration/keras.html',
  'migration/parity.html',
  'gallery/index.html',
  'gallery/detectors.html',
  'inside/bench.html',
  'reference/index.html',
  'reference/layers/index.html',
  'reference/layers/Dense.html',
  'reference/keras/Model.html',
  'reference/ops/sum.html',
  'reference/keras/CompileOptions.html',
  'source/examples/vae/main.ts.html',
];

/** Text that can hardly be read: WCAG's contrast of 4.5, or 3 where letters are large. */
function faintTexts(): string[] {
  const numbers = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([r = 0, g = 0, b = 0]: number[]): number => {
    const [x, y, z] = [r, g, b].map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!;
  };
  const behind = (element: Element | null): number[] => {
    for (let e = element; e; e = e.parentElement) {
      const colour = numbers(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || (colour[3] ?? 0) === 1) return colour;
    }
    return [255, 255, 255];
  };
  const faint = new Set<string>();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement!;
    const text = node.textContent!.trim();
    if (text === '' || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest('script, style, dialog:not([open])')) continue;
    const style = getComputedStyle(element);
    const [a, b] = [luminance(numbers(style.color)), luminance(behind(element))].sort((p, q) => q - p);
    const isLarge = Number.parseFloat(style.fontSize) >= 24;
    const contrast = (a! + 0.05) / (b! + 0.05);
    if (contrast < (isLarge ? 3 : 4.5)) faint.add(`${contrast.toFixed(1)}: ${text.slice(0, 40)}`);
  }
  return [...faint];
}
/** What a reader of the screen would miss. */
function unnamed(): string[] {
  const problems: string[] = [];
  const nameOf = (e: Element): string =>
    (e.getAttribute('aria-label') ?? '') +
    (e.textContent ?? '').trim() +
    [...e.querySelectorAll('img')].map((i) => i.alt).join('');
  for (const e of document.querySelectorAll('a, button')) if (nameOf(e) === '') problems.push(e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll('input')) if (!e.getAttribute('aria-label')) problems.push('an input');
  for (const e of document.querySelectorAll('img')) if (!e.hasAttribute('alt')) problems.push(e.outerHTML.slice(0, 80));
  const levels = [...document.querySelectorAll('main :is(h1, h2, h3, h4)')].map((e) => Number(e.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) problems.push('not one title');
  levels.forEach((level, k) => {
    if (k > 0 && level > levels[k - 1]! + 1) problems.push(`heading ${k + 1} skips a level`);
  });
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of new Set(ids))
    if (ids.filter((other) => other === id).length > 1) problems.push(`two of the id ${id}`);
  return problems;
}

describe.skipIf(!isMade || !executablePath)('the site in a browser', () => {
  let server: StaticServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await serve(folder, {});
    browser = await chromium.launch({ executablePath: executablePath!, args: [...quietFlags] });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });
  const open = async (url: string, colorScheme: 'light' | 'dark' = 'light', width = 1280): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    await page.goto(server.url + url);
    return page;
  };

  test.each(kinds)('%s can be read in light and dark, wide and narrow, and asks nobody else', async (url) => {
    for (const [scheme, width] of [
      ['light', 1280],
      ['dark', 390],
    ] as const) {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
      const others: string[] = [];
      page.on('request', (request) => {
        if (!request.url().startsWith(server.url)) others.push(request.url());
      });
      page.on('pageerror', (error) => others.push(String(error)));
      page.on('response', (response) => {
        if (response.status() >= 400) others.push(`${response.status()} ${response.url()}`);
      });
      await page.goto(server.url + url);
      expect(await page.evaluate(faintTexts), `${url}, ${scheme}`).toEqual([]);
      expect(await page.evaluate(unnamed), url).toEqual([]);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(beyond, `${url} at ${width}`).toBeLessThanOrEqual(0);
      expect(others, url).toEqual([]);
      await page.close();
    }
  });

  test('the search is opened, used and left by keys, and knows Keras’s names', async () => {
    const page = await open('guides/functional.html');
    const results = page.locator('.finder ol a strong');
    await page.keyboard.press('/');
    await page.keyboard.type('sparse_categorical_crossentropy');
    await expect.poll(() => results.allTextContents()).toContain('losses.sparseCategoricalCrossentropy');
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog[open]').count()).toBe(0);
    await page.keyboard.press('/');
    await page.keyboard.type('layers.Dense');
    await expect.poll(() => results.first().textContent()).toBe('layers.Dense');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/reference/layers/Dense.html');
    await page.close();
  });

  test('the first key leads past the head, and the colours chosen stay', async () => {
    const page = await open('guides/functional.html');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Skip to content');
    await page.click('button.theme');
    await page.click('button.theme');
    await page.goto(`${server.url}guides/saving.html`);
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark');
    await page.close();
  });

  test('on a narrow screen the menu leads to every part', async () => {
    const page = await open('guides/functional.html', 'light', 390);
    await page.click('button.menu');
    await page.click('.sections-in-menu >> text=Reference');
    await page.waitForURL('**/reference/index.html');
    await page.close();
  });
});
