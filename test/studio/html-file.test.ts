import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { digitYolo } from '../../examples/detectors/models.ts';
import * as keras from '../../src/index.ts';
import { fileHtml } from '../../src/studio/html.ts';
import { pageScript } from '../../src/studio/page-script.ts';
import type { StudioLine } from '../../src/studio/protocol.ts';
import { describeModel } from '../../src/studio/structure.ts';
import { customObjects } from '../conformance/custom-objects.ts';
import { closeBrowser, executablePath, type OpenedStudio, openStudio } from './open.ts';

const folder = mkdtempSync(join(tmpdir(), 'hornbeam-studio-'));
const data = (name: string): Buffer => gunzipSync(readFileSync(new URL(`../data/${name}.gz`, import.meta.url)));
const load = (name: string): Promise<keras.Model> =>
  keras.models.loadModel<keras.Model>(new Blob([new Uint8Array(data(`models/${name}.keras`))]), {
    customObjects,
  });
afterAll(async () => {
  await closeBrowser();
  rmSync(folder, { recursive: true });
});

async function opened(model: keras.Model, size?: { width: number; height: number }): Promise<OpenedStudio> {
  const file = join(folder, `${model.name.replace(/\W/g, '_')}.html`);
  await keras.utils.plotModel(model, { toFile: file });
  const studio = await openStudio(pathToFileURL(file).href, size);
  await studio.page.waitForSelector('.box');
  return studio;
}
async function openedLines(lines: readonly StudioLine[], title: string): Promise<OpenedStudio> {
  const file = join(folder, `${title.replace(/\W/g, '_')}.html`);
  writeFileSync(file, fileHtml(pageScript, lines, title));
  const studio = await openStudio(pathToFileURL(file).href);
  await studio.page.waitForSelector('.box');
  return studio;
}
const titles = (studio: OpenedStudio): Promise<string[]> => studio.page.locator('.box .title').allTextContents();
/** The page said nothing, and asked for nothing but its own file. */
const isQuiet = ({ said, asked }: OpenedStudio): void => {
  expect(said).toEqual([]);
  expect(asked).toHaveLength(1);
};

it('refuses options that a page has no use for', async () => {
  const model = new keras.Sequential([keras.Input({ shape: [2] }), new keras.layers.Dense({ units: 1 })]);
  const plot = keras.utils.plotModel(model, { toFile: join(folder, 'no.html'), showShapes: true });
  await expect(plot).rejects.toThrow('"showShapes" does nothing in a .html file');
});

describe.skipIf(!executablePath)('a model as one HTML file, from disk', () => {
  it('shows ResNet-50 by its blocks, which open in place down to ops, with search, path and history', async () => {
    const { ResNet50: config } = JSON.parse(data('applications/configs.json').toString()) as { ResNet50: object };
    const model = keras.models.modelFromJson(JSON.stringify({ class_name: 'Functional', config })) as keras.Model;
    const studio = await openedLines([describeModel(model)], 'resnet');
    const { page } = studio;
    expect(await titles(studio)).toEqual([
      ...['Input', 'conv1', 'ZeroPadding2D', 'MaxPooling2D', 'conv2', 'conv3', 'conv4', 'conv5'],
      ...['GlobalAveragePooling2D', 'Dense'],
    ]);
    await page.locator('.box', { hasText: 'conv2' }).dblclick();
    await page.locator('.box .title', { hasText: 'block2' }).waitFor();
    // Two of the three blocks are alike.
    expect(await page.locator('.box .alike').allTextContents()).toEqual(['×2', '×2']);
    await page.getByLabel('Search layers').fill('conv5 conv2d 7x7x512');
    expect(await page.locator('.row .name').allTextContents()).toContain('conv5_block3_2_conv');
    await page.locator('.row', { hasText: 'conv5_block3_2_conv' }).click();
    await page.locator('.box.selected').waitFor();
    expect(await page.locator('.path button').allTextContents()).toEqual([
      ...['resnet50', 'conv5', 'conv5_block3', 'conv5_block3_2_conv'],
    ]);
    expect(await page.locator('.figure b').first().textContent()).toBe('2.36 M');
    expect(await page.locator('.config .chosen dt').allTextContents()).toEqual(['filters', 'kernel_size', 'padding']);
    await page.locator('.box.selected').getByRole('button').click();
    await expect.poll(() => titles(studio)).toContain('Conv');
    await page.goBack();
    await page.locator('.panel h2', { hasText: 'conv2' }).waitFor();
    await page.goForward();
    await page.locator('.panel h2', { hasText: 'Conv2D' }).waitFor();
    expect(page.url()).toContain('#model/resnet50/conv5/conv5_block3/conv5_block3_2_conv');
    isQuiet(studio);
  });

  it('shows a transformer down to the ops of its attention, and a detector by its scales', async () => {
    const words = keras.Input({ shape: [12], dtype: 'int32', name: 'words' });
    const x = new keras.layers.Embedding({ inputDim: 50, outputDim: 16, name: 'embed' })(words);
    const seen = new keras.layers.MultiHeadAttention({ numHeads: 2, keyDim: 8, name: 'attend' })(x, x);
    const outputs = new keras.layers.LayerNormalization({ name: 'norm' })(keras.ops.add(x, seen));
    const transformer = await opened(new keras.Model({ inputs: words, outputs, name: 'transformer' }));
    await transformer.page.locator('.box', { hasText: 'attend' }).dblclick();
    await expect.poll(() => titles(transformer)).toContain('DotProductAttention');
    isQuiet(transformer);

    const { model } = digitYolo(64);
    const detector = await opened(model);
    expect((await titles(detector)).length).toBeGreaterThan(10);
    await detector.page.getByLabel('Search layers').fill('concatenate');
    await detector.page.locator('.row').first().click();
    await detector.page.locator('.box.selected').waitFor();
    await detector.page.locator('.panel h2', { hasText: 'Concatenate' }).waitFor();
    isQuiet(detector);
  });

  it('opens a layer of one’s own, with its weights as histogram, image and table', async () => {
    const studio = await opened(await load('demo_model_subclassing_layer'));
    const { page } = studio;
    await page.locator('.box', { hasText: 'DemoSubclassingLayer' }).dblclick();
    await expect.poll(() => titles(studio)).toContain('BatchNormalization');
    await page.locator('.box.closed', { hasText: 'Conv2D' }).first().click();
    await page.locator('.weight .histogram').first().waitFor();
    const kernel = page.locator('.weight').first();
    expect(await kernel.locator('.weight-head b').textContent()).toBe('kernel');
    await kernel.getByRole('tab', { name: 'image' }).click();
    expect(await kernel.locator('figcaption span').first().textContent()).toMatch(/filters of 3 × 3/);
    await kernel.getByRole('tab', { name: 'table' }).click();
    expect(await kernel.locator('td').first().textContent()).toMatch(/^−?0\.\d+$/);
    const download = page.waitForEvent('download');
    await kernel.locator('.save').click();
    expect((await download).suggestedFilename()).toMatch(/kernel\.npy$/);
    isQuiet(studio);
  });

  it('goes along edges with the arrow keys, and opens and closes with others', async () => {
    const studio = await opened(await load('transformer'), { width: 390, height: 780 });
    const { page } = studio;
    const at = (): string => new URL(page.url()).hash;
    const passed = ['#model'];
    for (let k = 0; k < 4; k++) {
      await page.keyboard.press('ArrowDown');
      await expect.poll(at).not.toBe(passed.at(-1));
      passed.push(at());
    }
    expect(new Set(passed).size).toBe(5);
    await page.keyboard.press('Escape');
    await page.locator('.panel').waitFor({ state: 'detached' });
    // Keys that follow each other fast are lost no more than slow ones.
    for (let k = 0; k < 4; k++) void page.keyboard.press('ArrowDown');
    await expect.poll(at).toBe(passed.at(-1));
    await page.locator('.panel h2').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.panel').waitFor({ state: 'detached' });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(390);
    isQuiet(studio);
  });

  it('runs no script that a name holds, and shows the name', async () => {
    const hostile = '<!--<script>alert(1)</script><img src=x onerror=alert(2)>';
    const inputs = keras.Input({ shape: [3] });
    const outputs = new keras.layers.Dense({ units: 2, name: 'dense' })(inputs);
    // Names of ours hold no "/"; a file of others may.
    const text = JSON.stringify(describeModel(new keras.Model({ inputs, outputs, name: 'model' })));
    const model = JSON.parse(
      text.replaceAll('"dense"', JSON.stringify(hostile)).replaceAll('"Dense"', JSON.stringify(hostile)),
    );
    const studio = await openedLines([model], hostile);
    await studio.page.locator('.row', { hasText: 'alert' }).click();
    expect(await studio.page.locator('.panel header .name').textContent()).toBe(hostile);
    expect(await studio.page.title()).toBe(hostile);
    isQuiet(studio);
  });
});
