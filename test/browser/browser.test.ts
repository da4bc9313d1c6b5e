import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type OutputOptions, rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserBundle } from '../../scripts/bundle.ts';
import { isolation, type StaticServer, serve } from '../../scripts/serve.ts';
import * as keras from '../../src/index.ts';
import { findChromium, quietFlags } from './chromium.ts';

const executablePath = findChromium();
if (!executablePath)
  console.warn(
    'No Chromium here: browser tests are skipped. Fix: install one (apt-get install chromium) or set CHROMIUM to its path.',
  );

type Functions = typeof import('./page.ts');
const html = `<!doctype html>
<link rel="icon" href="data:,">
<script type="module">
  import * as functions from './page.js';
  globalThis.functions = functions;
</script>`;
const modelInputs = Array.from({ length: 12 }, (_, k) => Math.sin(k));

describe.skipIf(!executablePath)('in Chromium', () => {
  let folder: string;
  let browser: Browser;
  let predictions: number[];
  const servers: StaticServer[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hornbeam-browser-'));
    const { output, ...input } = browserBundle({ index: 'src/index.ts', page: 'test/browser/page.ts' }, folder);
    await (await rolldown(input)).write(output as OutputOptions);
    await writeFile(join(folder, 'index.html'), html);
    const inputs = keras.Input({ shape: [4] });
    const hidden = new keras.layers.Dense({ units: 5, activation: 'gelu' })(inputs);
    const model = new keras.Model({
      inputs,
      outputs: new keras.layers.Dense({ units: 3, activation: 'softmax' })(hidden),
    });
    await model.save(join(folder, 'model.keras'));
    const x = keras.tensor(Float32Array.from(modelInputs), { shape: [3, 4] });
    predictions = [...((await ((await model.predict(x)) as keras.Tensor).data()) as Float32Array)];
    browser = await chromium.launch({ executablePath: executablePath!, args: quietFlags });
  });
  afterAll(async () => {
    await browser?.close();
    for (const server of servers) await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A page with what it says, and what goes wrong in it. */
  async function open(headers: Readonly<Record<string, string>>): Promise<{ page: Page; said: string[] }> {
    const server = await serve(folder, headers);
    servers.push(server);
    const page = await browser.newPage();
    const said: string[] = [];
    page.on('console', (message) => said.push(message.text()));
    page.on('pageerror', (error) => said.push(String(error)));
    await page.goto(`${server.url}index.html`);
    return { page, said };
  }
  /** Calls a function of page.ts in the page. */
  const call = <K extends keyof Functions>(page: Page, name: K, ...args: Parameters<Functions[K]>) =>
    page.evaluate(`functions[${JSON.stringify(name)}](...${JSON.stringify(args)})`) as Promise<
      Awaited<ReturnType<Functions[K]>>
    >;

  describe('a page that may share memory', () => {
    let page: Page;
    let said: string[];
    beforeAll(async () => {
      ({ page, said } = await open(isolation));
    });

    it('trains on several threads', async () => {
      const losses = await call(page, 'train');
      expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
      const cores = await page.evaluate(() => navigator.hardwareConcurrency);
      expect(page.workers().length).toBe(Math.min(16, cores) - 1);
    });

    it('multiplies large matrices on all threads', async () => {
      expect(await call(page, 'multiply', 512)).toBe(0);
    });

    it('computes every primitive as the reference does', async () => {
      const { samples, differences } = await call(page, 'compareSamples');
      expect(differences).toEqual([]);
      expect(samples).toBeGreaterThan(100);
    });

    it('opens a model that Node saved, and predicts the same', async () => {
      const found = await call(page, 'predict', 'model.keras', modelInputs);
      expect(found.length).toBe(predictions.length);
      found.forEach((x, k) => expect(x).toBeCloseTo(predictions[k]!, 5));
    });

    it('draws a model as a PNG picture', async () => {
      expect(await call(page, 'plot')).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    });

    it('has nothing to complain about', () => {
      expect(said).toEqual([]);
    });
  });

  it('goes on with one thread where the page forbids workers', async () => {
    const { page, said } = await open({ ...isolation, 'Content-Security-Policy': "worker-src 'none'" });
    const losses = await call(page, 'train');
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    expect(said.filter((line) => line.startsWith('Hornbeam'))).toEqual([
      expect.stringMatching(/one thread.*worker-src/),
    ]);
  });

  describe('a page that may not', () => {
    it('trains on one thread, equally well, and says once why', async () => {
      const { page, said } = await open({});
      const losses = await call(page, 'train');
      expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
      expect(page.workers()).toEqual([]);
      expect(await call(page, 'multiply', 64)).toBe(0);
      expect(said).toEqual([expect.stringMatching(/one thread.*cross-origin isolated.*Cross-Origin-Opener-Policy/s)]);
    });
  });
});
