import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OutputOptions, rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserBundle } from '../../scripts/bundle.ts';
import { serve } from '../../scripts/serve.ts';
import { closeBrowser, executablePath, openStudio } from './open.ts';

const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const html = `<!doctype html>
<link rel="icon" href="data:,">
<style>body { margin: 0 } #place { height: 100vh }</style>
<div id="place"></div>
<script type="module">
  import * as keras from './index.js';
  import { Studio, studio } from './studio.js';
  const { layers } = keras;
  const inputs = keras.Input({ shape: [6, 6, 1] });
  const seen = new layers.Conv2D({ filters: 3, kernelSize: 3, activation: 'relu', name: 'edges' })(inputs);
  const outputs = new layers.Dense({ units: 2, name: 'classes' })(new layers.Flatten()(seen));
  const model = new keras.Model({ inputs, outputs, name: 'small' });
  model.compile({ loss: 'mse', optimizer: 'adam' });
  globalThis.end = await studio(model, document.getElementById('place'));
  globalThis.train = async () => {
    const [x, y] = [keras.random.normal([40, 6, 6, 1], { seed: 1 }), keras.random.normal([40, 2], { seed: 2 })];
    const callbacks = [new Studio({ name: 'in this page', histogramFrequency: 1 })];
    const { history } = await model.fit(x, y, { epochs: 3, batchSize: 8, callbacks, verbose: 0 });
    return history.loss;
  };
</script>`;

describe.skipIf(!executablePath)('the studio in a page of one’s own', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hornbeam-in-page-'));
    const { output, ...options } = browserBundle({ index: 'src/index.ts' }, folder);
    await (await rolldown(options)).write(output as OutputOptions);
    await writeFile(join(folder, 'index.html'), html);
  }, 120_000);
  afterAll(async () => {
    await closeBrowser();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows the model, then its run with the losses of history, and is taken away', async () => {
    const server = await serve(folder, isolated);
    const { page, said, asked } = await openStudio(server.url);
    await page.locator('.box .title', { hasText: 'Conv2D' }).click();
    await page.locator('.weight .histogram').first().waitFor();
    const losses = (await page.evaluate('train()')) as number[];
    await page.getByRole('tab', { name: 'Run' }).click();
    await page.locator('.state', { hasText: 'ended' }).waitFor();
    expect(losses).toHaveLength(3);
    const shown = page.locator('[data-chart="loss"] li.epoch b');
    expect(await shown.textContent()).toBe(String(Number(losses[2]!.toPrecision(4))));
    expect(await page.locator('.ridges').count()).toBe(4);
    await page.getByRole('tab', { name: 'Step' }).click();
    await page.locator('.kernels .layers button', { hasText: '∂edges' }).first().waitFor();
    expect(said).toEqual([]);
    expect(new Set(asked.map((url) => new URL(url).origin))).toEqual(new Set([new URL(server.url).origin]));
    await page.evaluate('end()');
    expect(await page.locator('.app').count()).toBe(0);
    await server.close();
  });
});
