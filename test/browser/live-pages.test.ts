import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildExamplePage, buildLibrary } from '../../scripts/example-page.ts';
import { isolation, type StaticServer, serve } from '../../scripts/serve.ts';
import { executablePath, Pages } from './pages.ts';

/** What is done on each page, by keyboard where there is a way, and what must come of it. */
const deeds: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  async 'actor-critic'(page) {
    await page.locator('#teach').press('Enter');
    await page.getByText(/^Update \d+ of 400/).waitFor({ timeout: 60_000 });
    await page.keyboard.press('ArrowRight');
    await page.locator('#teach').press('Enter');
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    expect(Number.parseFloat(await page.locator('#best').innerText())).toBeGreaterThan(0);
  },
  async detectors(page) {
    const tally = page.locator('#tally');
    await page.locator('#clear').press('Enter');
    await page.getByText('Draw a digit, or put one.').waitFor();
    // By keyboard: three digits are put, a stroke is drawn, and taken away.
    await page.locator('#scene').focus();
    for (const key of ['Shift+ArrowUp', 'Shift+ArrowUp', '3', 'Shift+ArrowDown', 'Shift+ArrowDown', 'Shift+ArrowDown'])
      await page.keyboard.press(key);
    await page.keyboard.press('0');
    await page.locator('#digits').getByText('7').press('Enter');
    await page.getByText(/^[1-3] of 3 found/).waitFor();
    await page.locator('#scene').focus();
    for (const key of [
      'Shift+ArrowRight',
      'Shift+ArrowRight',
      'Shift+ArrowRight',
      ' ',
      'Shift+ArrowUp',
      'Shift+ArrowUp',
    ])
      await page.keyboard.press(key);
    await page.keyboard.press(' ');
    await page.getByText(/ of 4 found/).waitFor();
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Delete');
    await page.getByText(/ of 3 found/).waitFor();
    // A score that no box has.
    await page.locator('#threshold').press('End');
    await page.getByText(/^0 of 3 found/).waitFor();
    expect(await tally.innerText()).toContain('3 missed, 0 wrong');
    await page.locator('#threshold').fill('40');
    await page.locator('#measure').press('Enter');
    await page.getByText(/^AP \d/).waitFor({ timeout: 60_000 });
    const [, ap] = /^AP ([\d.]+)/.exec(await page.locator('#ap').innerText())!;
    expect(Number(ap)).toBeGreaterThan(70);
    expect(await page.locator('#each li').count()).toBe(10);
  },
  async style(page) {
    // Arrows choose, and a picture of a file joins them.
    await page.locator('#subjects input').first().focus();
    await page.keyboard.press('ArrowRight');
    const png = await page.locator('#drawn').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const buffer = Buffer.from(png.split(',')[1]!, 'base64');
    await page.setInputFiles('#manner-file', { name: 'cat.png', mimeType: 'image/png', buffer });
    await page.getByText('Opened cat.png.').waitFor();
    expect(await page.locator('#manners :checked ~ span').innerText()).toBe('cat.png');
    await page.locator('#manners input').nth(1).check({ force: true });
    await page.locator('#coarsest').fill('16');
    await page.locator('#draw').press('Enter');
    await page.getByText(/^Step \d{2,} of \d+,/).waitFor({ timeout: 60_000 });
    const drawn = await page.locator('#drawn').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    expect(drawn).not.toBe(png);
    await page.locator('#draw').press('Enter');
    await page.getByRole('button', { name: 'Draw', exact: true }).waitFor();
    await page.setInputFiles('#subject-file', { name: 'bad.png', mimeType: 'image/png', buffer: Buffer.from('x') });
    await page.getByText('bad.png is no picture that this browser reads.').waitFor();
  },
  async 'transfer-photographs'(page) {
    const draw = async (...keys: string[]): Promise<void> => {
      await page.locator('#pad').focus();
      for (const key of ['Delete', ...keys]) await page.keyboard.press(key);
    };
    const [lying, upright] = [page.locator('#classes li').first(), page.locator('#classes li').nth(1)];
    const learn = page.locator('#learn');
    for (const [item, name] of [
      [lying, 'lying'],
      [upright, 'upright'],
    ] as const)
      await item.getByRole('textbox').fill(name);
    // Lines by keyboard, each beside the one before; both classes need some.
    for (let k = 0; k < 3; k++) {
      await draw('ArrowDown', ' ', ...Array<string>(3).fill('Shift+ArrowRight'), ' ');
      await lying.getByText('Add', { exact: true }).press('Enter');
      await page.getByText(`Added to lying: ${k + 1}.`).waitFor();
      expect(await learn.isDisabled()).toBe(k === 0);
      await draw('Shift+ArrowLeft', ' ', ...Array<string>(3).fill('Shift+ArrowDown'), ' ');
      await upright.getByText('Add', { exact: true }).press('Enter');
      await page.getByText(`Added to upright: ${k + 1}.`).waitFor();
      await draw(...Array<string>(3).fill('Shift+ArrowUp'), 'Shift+ArrowLeft');
    }
    await learn.press('Enter');
    await page.getByText(/^Learnt in/).waitFor({ timeout: 60_000 });
    const isTakenFor = async (name: string): Promise<void> => {
      await page
        .locator('#bars .best', { hasText: name })
        .getByText(/^([7-9]\d|100)%$/)
        .waitFor();
      expect(await page.locator('#answer').innerText()).toBe(name);
    };
    await draw('ArrowUp', ' ', ...Array<string>(4).fill('Shift+ArrowRight'), ' ');
    await isTakenFor('lying');
    const hot = await page
      .locator('#heat')
      .evaluate(
        (canvas: HTMLCanvasElement) =>
          new Set(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data).size,
      );
    // More than black ink on white paper.
    expect(hot).toBeGreaterThan(50);
    await draw(' ', ...Array<string>(4).fill('Shift+ArrowUp'), ' ');
    await isTakenFor('upright');
    // A third class, of files; and a picture that is taken away.
    await page.locator('#more').press('Enter');
    const files = (name: string): string[] =>
      readdirSync(`examples/data/photographs/${name}`).map((file) => `examples/data/photographs/${name}/${file}`);
    const fishes = files('fishes');
    await page.locator('#classes li').nth(2).locator('input[type=file]').setInputFiles(fishes.slice(0, 4));
    await page.getByText('class 3 has 4 pictures.').waitFor();
    await page.getByLabel('Remove picture 1 of class 3').press('Enter');
    await learn.press('Enter');
    await page.getByText(/^Learnt in/).waitFor({ timeout: 60_000 });
    await page.setInputFiles('#file', fishes[5]!);
    await isTakenFor('class 3');
    // It stays when the colours change.
    await page.emulateMedia({ colorScheme: 'dark' });
    await isTakenFor('class 3');
    expect(await page.locator('#opened').isVisible()).toBe(true);
    await page.locator('#clear').press('Enter');
    expect(await page.locator('#opened').isVisible()).toBe(false);
    expect(await page.locator('#answer').innerText()).toBe('');
    await page.setInputFiles('#file', { name: 'bad.png', mimeType: 'image/png', buffer: Buffer.from('x') });
    await page.getByText('bad.png is no picture that this browser reads.').waitFor();
  },
  async vae(page) {
    await page.locator('#train').press('Enter');
    await page.getByText(/^Epoch (?:[2-9]|\d\d)/).waitFor({ timeout: 60_000 });
    await page.locator('#plane').press('ArrowRight');
    await page.locator('#plane').press('Shift+ArrowUp');
    expect(await page.locator('#place').innerText()).toBe('0.1, 0.6');
    await page.locator('#train').press('Enter');
    await page.getByRole('button', { name: 'Go on' }).waitFor();
    const ink = await page.locator('#drawn').evaluate((canvas: HTMLCanvasElement) =>
      canvas
        .getContext('2d')!
        .getImageData(0, 0, 8, 8)
        .data.some((v) => v > 0),
    );
    expect(ink).toBe(true);
  },
  async 'text-transformer'(page) {
    await page.locator('#prompt').fill('She was so much ');
    await page.locator('#prompt').press('Enter');
    await page.waitForFunction(() => document.getElementById('text')!.innerText.length > 120, undefined, {
      timeout: 60_000,
    });
    await page.locator('#write').press('Enter');
    await page.getByText('Press Write for another.').waitFor();
    const words = (await page.locator('#text').innerText()).slice(16).match(/[a-z]+/gi)!;
    // It writes English words: most of its short ones are in the novel's first lines' vocabulary.
    const common =
      /^(?:the|a|of|to|and|in|was|her|she|it|be|had|not|that|as|for|his|he|with|have|so|but|at|on|by|is|i|you|all|my)$/i;
    expect(words.filter((word) => common.test(word)).length).toBeGreaterThan(words.length / 6);
  },
  async 'keyword-spotting'(page) {
    for (const word of ['left', 'stop', 'yes', 'right', 'go']) {
      await page.getByRole('button', { name: word, exact: true }).press('Enter');
      await page.getByText(`Said: “${word}”.`).waitFor();
    }
    const [, right] = /^(\d) of 5/.exec(await page.locator('#score').innerText())!;
    expect(Number(right)).toBeGreaterThanOrEqual(4);
  },
};

test('each example with a page is tried', async () => {
  const withPage = (await readdir('examples')).filter((name) => existsSync(`examples/${name}/index.html`));
  expect(withPage.sort()).toEqual([...Object.keys(deeds), 'browser-digits'].sort());
});

describe.skipIf(!executablePath)('live pages', () => {
  const pages = new Pages();
  let folder: string;
  let server: StaticServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hornbeam-live-'));
    await buildLibrary(join(folder, 'hornbeam'));
    for (const name of Object.keys(deeds))
      await buildExamplePage(name, join(folder, name), {
        library: '../hornbeam',
        foot: ' <a href="#">More</a>',
      });
    await pages.start();
    server = await serve(folder, isolation);
  }, 120_000);
  afterAll(async () => {
    await pages.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test.each(Object.entries(deeds))(
    '%s works, by keyboard, says nothing on the console, and fits narrow screens',
    async (name, deed) => {
      const { page, said } = await pages.visit(`${server.url}${name}/index.html`);
      await page.getByText(/^Ready/).waitFor({ timeout: 60_000 });
      await deed(page);
      await page.setViewportSize({ width: 390, height: 800 });
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      const isDark = await page.evaluate(() => getComputedStyle(document.body).color === 'rgb(232, 233, 228)');
      expect(isDark).toBe(true);
      expect(await page.getByRole('link', { name: 'More' }).count()).toBe(1);
      expect(said).toEqual([]);
      await page.close();
    },
    180_000,
  );
});
