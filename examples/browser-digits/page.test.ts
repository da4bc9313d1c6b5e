import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildExamplePage } from '../../scripts/example-page.ts';
import { isolation } from '../../scripts/serve.ts';
import { devices } from '../../test/browser/devices.ts';
import { executablePath, Pages } from '../../test/browser/pages.ts';
import { digitOf, type Point, type Stroke } from './strokes.ts';

/** Part of an ellipse, in percent of the pad; angles in degrees, clockwise from the right. */
const arc = (x: number, y: number, rx: number, ry: number, from: number, to: number): Point[] =>
  Array.from({ length: 17 }, (_, k) => {
    const angle = ((from + ((to - from) * k) / 16) * Math.PI) / 180;
    return [x + rx * Math.cos(angle), y + ry * Math.sin(angle)];
  });
const drawings: readonly { digit: string; strokes: readonly Stroke[] }[] = [
  { digit: '3', strokes: [[...arc(48, 30, 20, 20, -150, 90), ...arc(48, 70, 24, 20, -90, 140)]] },
  { digit: '0', strokes: [arc(50, 50, 25, 38, -90, 270)] },
  { digit: '6', strokes: [[[62, 10], [40, 36], ...arc(50, 66, 20, 22, -160, 200)]] },
]; // biome-ignore format: points are easier to read in rows

describe.skipIf(!executablePath)('the page that learns digits', () => {
  let folder: string;
  const pages = new Pages();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hornbeam-digits-'));
    await buildExamplePage('browser-digits', folder);
    await pages.start();
  });
  afterAll(async () => {
    await pages.close();
    await rm(folder, { recursive: true, force: true });
  });

  const text = (page: Page, id: string): Promise<string> => page.locator(`#${id}`).innerText();
  /** Draws with the mouse. */
  async function draw(page: Page, strokes: readonly Stroke[]): Promise<void> {
    const { x, y, width, height } = (await page.locator('#pad').boundingBox())!;
    for (const [first, ...rest] of strokes) {
      await page.mouse.move(x + (first![0] / 100) * width, y + (first![1] / 100) * height);
      await page.mouse.down();
      for (const [u, v] of rest) await page.mouse.move(x + (u / 100) * width, y + (v / 100) * height);
      await page.mouse.up();
    }
  }

  /** Whether the heat map has something where there is no ink, once it is drawn. */
  const showsHeatBesideInk = (page: Page): Promise<boolean> =>
    page
      .waitForFunction(
        () => {
          const [seen, heat] = ['seen', 'heat'].map((id) => {
            const copy = new OffscreenCanvas(8, 8).getContext('2d')!;
            copy.drawImage(document.getElementById(id) as HTMLCanvasElement, 0, 0);
            return copy.getImageData(0, 0, 8, 8).data;
          });
          return heat!.some((v, k) => k % 4 === 3 && v > 0 && seen![k] === 0);
        },
        undefined,
        { timeout: 10_000 },
      )
      .then(
        () => true,
        () => false,
      );

  it.each(devices)(
    'trains on $name and reads what is drawn',
    async ({ name, isEmulated }) => {
      const { page, said } = await pages.open(folder, isolation);
      const isAt = (epoch: number): Promise<unknown> =>
        page.waitForFunction((start) => document.getElementById('epoch')!.innerText.startsWith(start), `${epoch} /`, {
          timeout: 60_000,
        });
      const choose = async (device: string): Promise<void> => {
        await page.locator(`[value=${device}]`).check({ force: true });
        await page.getByText(`Computing on ${device}.`).waitFor();
      };
      await page.locator('#train:enabled').waitFor();
      if (name !== 'wasm' && !isEmulated) await choose(name);
      await page.click('#train');
      await isAt(4);
      await page.click('#train');
      await page.getByText('Go on training').waitFor();
      expect(Number.parseFloat(await text(page, 'validation'))).toBeGreaterThan(90);
      // What was learned on one device is used on another.
      if (isEmulated) await choose(name);
      const heats: boolean[] = [];
      for (const { digit, strokes } of drawings) {
        await draw(page, strokes);
        await page.waitForFunction((wanted) => document.getElementById('answer')!.innerText === wanted, digit);
        expect(await page.locator('#bars .best').innerText()).toMatch(new RegExp(`^${digit}`));
        if (name === 'wasm') heats.push(await showsHeatBesideInk(page));
        await page.click('#clear');
      }
      // A map may lie within the ink, but not those of all digits.
      if (name === 'wasm') expect(heats).toContain(true);
      if (isEmulated || name === 'wasm') {
        // Train goes on with the model of the file, on the device in use.
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.locator('#save').dispatchEvent('click'),
        ]);
        await download.saveAs(join(folder, 'learned.keras'));
        await page.locator('#afresh').click();
        await page.getByText('A new model. Press Train.').waitFor();
        await page.setInputFiles('#open', join(folder, 'learned.keras'));
        await page.getByText('Opened learned.keras').waitFor();
        await page.click('#train');
        await isAt(1);
        expect(Number(await text(page, 'loss'))).toBeLessThan(1);
        await page.click('#train');
        expect(await text(page, 'train')).toMatch(/^Stopping|^Go on/);
        // Validation on an emulated GPU takes half a minute.
        if (!isEmulated) await page.getByText('Go on training').waitFor();
      }
      expect(said).toEqual([]);
    },
    120_000,
  );

  it('says what to do, stops while it compiles, is drawn on by keyboard, and goes on from a file', async () => {
    const { page, said } = await pages.open(folder, isolation);
    await page.locator('#train:enabled').waitFor();
    expect(await text(page, 'hint')).toContain('press Train first');
    await page.click('#train');
    await page.click('#train');
    expect(await text(page, 'train')).toMatch(/Stopping|Train|Go on/);
    await page.locator('#train:enabled').waitFor();
    expect(await text(page, 'status')).toContain('Stopped');
    const label = await text(page, 'train');
    // Tab leads to the sheet; arrows and Space draw a 1.
    await page.focus('#clear');
    await page.keyboard.press('Tab');
    for (const key of ['Shift+ArrowUp', 'Shift+ArrowUp', ' ', ...Array(4).fill('Shift+ArrowDown'), ' '])
      await page.keyboard.press(key);
    const ink = await page.evaluate(() => {
      const { data } = document.querySelector<HTMLCanvasElement>('#seen')!.getContext('2d')!.getImageData(0, 0, 8, 8);
      return data.filter((x, k) => k % 4 === 3 && x > 0).length;
    });
    expect(ink).toBeGreaterThan(7);
    await page.keyboard.press('Delete');
    expect(await page.locator('#bars .best').count()).toBe(0);

    // What is no model is refused, and the model stays.
    await page.setInputFiles('#open', { name: 'bad.keras', mimeType: '', buffer: Buffer.from('x') });
    await page.locator('#status.failed').waitFor();
    expect(await text(page, 'train')).toBe(label);
    expect(said).toEqual([]);
  });

  it('says what is wrong when a device is not to be had, and stays with the one it has', async () => {
    const { page } = await pages.open(folder, isolation);
    await page.locator('#train:enabled').waitFor();
    await page.evaluate(() => {
      const radio = document.querySelector<HTMLInputElement>('[value=webgpu]')!;
      radio.value = 'abacus';
      radio.click();
    });
    await page.getByText('unknown device "abacus"').waitFor();
    expect(await page.locator('[value=wasm]').isChecked()).toBe(true);
  });
});

it('shows a drawing as the data set does: as high as the sheet, in the middle, and equally dark', () => {
  const large = digitOf([arc(50, 50, 25, 38, -90, 270)]);
  const small = digitOf([arc(20, 80, 5, 7.6, -90, 270)]);
  // Pixels equally far from the strokes may be ink in one and not in the other.
  small.forEach((ink, k) => expect(Math.abs(ink - large[k]!)).toBeLessThanOrEqual(1 / 8));
  expect(large.reduce((sum, ink) => sum + ink * 16, 0)).toBe(305);
  expect(large.slice(0, 8).some((ink) => ink > 0)).toBe(true);
  expect(large.slice(56).some((ink) => ink > 0)).toBe(true);
  expect(digitOf([])).toEqual(new Float32Array(64));
});
