import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type OutputOptions, rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserBundle } from '../../scripts/bundle.ts';
import { isolation } from '../../scripts/serve.ts';
import { expectNumbers, isStored, numbersOf, type Stored } from '../conformance/cases.ts';
import { fileOf, modelCases } from '../conformance/model-cases.ts';
import { type PageCase, pageLayerCases, pageOpCases } from './cases.ts';
import { devices } from './devices.ts';
import { executablePath, Pages } from './pages.ts';

type Functions = typeof import('./page.ts');
const html = `<!doctype html>
<link rel="icon" href="data:,">
<script type="module">
  import * as functions from './page.js';
  globalThis.functions = functions;
</script>`;
/** Models that Keras saved. */
const saved = ['demo_functional_api_model', 'conv_kinds', 'fun_branches'].map(
  (id) => modelCases.find((c) => c.id === id && c.kind === 'model_file')!,
);
const storedIn = (x: unknown): Stored[] => (isStored(x) ? [x] : Object.values(x as object).flatMap(storedIn));

/** Calls a function of page.ts in the page. */
const call = <K extends keyof Functions>(page: Page, name: K, ...args: Parameters<Functions[K]>) =>
  page.evaluate(`functions[${JSON.stringify(name)}](...${JSON.stringify(args)})`) as Promise<
    Awaited<ReturnType<Functions[K]>>
  >;

describe.skipIf(!executablePath)('in Chromium', () => {
  let folder: string;
  const pages = new Pages();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hornbeam-browser-'));
    const input = { index: 'src/index.ts', page: 'test/browser/page.ts', worker: 'test/browser/worker.ts' };
    const { output, ...options } = browserBundle(input, folder);
    await (await rolldown(options)).write(output as OutputOptions);
    await writeFile(join(folder, 'index.html'), html);
    for (const { id } of saved) await writeFile(join(folder, `${id}.keras`), fileOf(`${id}.keras`));
    await pages.start();
  });
  afterAll(async () => {
    await pages.close();
    await rm(folder, { recursive: true, force: true });
  });

  describe.each(devices)('on $name', ({ name: device, tolerance, lacks, isEmulated }) => {
    let page: Page;
    let said: string[];
    beforeAll(async () => {
      ({ page, said } = await pages.open(folder, isolation));
    });
    afterAll(() => page.close());

    it('trains', async () => {
      const losses = await call(page, 'train', device);
      expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    });

    it('trains in a worker while the page stays responsive', async () => {
      const { losses, ticks } = await call(page, 'trainInWorker', device);
      expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
      expect(ticks).toBeGreaterThan(10);
    });

    it('multiplies large matrices', async () => {
      expect(await call(page, 'multiply', device, 512)).toBe(0);
    });

    it('computes every primitive as the reference does', async () => {
      const { samples, differences } = await call(page, 'compareSamples', device, { tolerance, lacks });
      expect(differences).toEqual([]);
      expect(samples).toBeGreaterThan(100);
    });

    /** What goes wrong with cases, of which some wait for the device while others are being compiled. */
    async function failures(all: readonly PageCase[]): Promise<string[]> {
      const cases = all.filter((_, k) => !isEmulated || k % 2 === 0);
      const failed: string[] = [];
      const work = async (): Promise<void> => {
        for (let c = cases.shift(); c; c = cases.shift()) {
          try {
            const found = await call(page, 'compute', device, c.task);
            expectNumbers(found[0]!, numbersOf(c.outputs), c.tolerance, 'output');
            if (c.gradient) expectNumbers(found[1]!, numbersOf(c.gradient), c.tolerance, 'gradient');
          } catch (error) {
            failed.push(
              `${c.id}: ${String((error as Error).message)
                .split('\n', 2)
                .join(' ')}`,
            );
          }
        }
      };
      await Promise.all(Array.from({ length: 8 }, work));
      return failed;
    }

    it('computes a case of each layer as Keras does, with its gradient', async () => {
      expect(await failures(pageLayerCases)).toEqual([]);
      expect(pageLayerCases.length).toBeGreaterThan(60);
    });

    it('computes a case of each op as Keras does', async () => {
      expect(await failures(pageOpCases)).toEqual([]);
      expect(pageOpCases.length).toBeGreaterThan(150);
    });

    it.each(saved)('opens $id, which Keras saved, and predicts the same', async ({ id, inputs, outputs }) => {
      const found = await call(page, 'predict', device, `${id}.keras`, inputs);
      const expected = storedIn(outputs);
      expect(found.length).toBe(expected.length);
      found.forEach((y, k) => expectNumbers(y, numbersOf(expected[k]!), [1e-4, 1e-5], `output ${k}`));
    });

    it('has nothing to complain about', () => {
      expect(said).toEqual([]);
    });
  });

  describe('a page that may share memory', () => {
    let page: Page;
    beforeAll(async () => {
      ({ page } = await pages.open(folder, isolation));
    });
    afterAll(() => page.close());

    it('uses all cores', async () => {
      await call(page, 'multiply', 'wasm', 64);
      const cores = await page.evaluate(() => navigator.hardwareConcurrency);
      expect(page.workers().length).toBe(Math.min(16, cores) - 1);
    });

    it('keeps models in the database of the browser, and opens files that the user picks', async () => {
      const { answers, kept, left } = await call(page, 'store');
      expect(kept).toEqual(['indexeddb://kept.keras', 'indexeddb://kept.weights.h5']);
      expect(left).toEqual([]);
      for (const answer of answers) expect(answer).toEqual(answers[0]);
    });

    it('offers a model as a download', async () => {
      const [offered] = await Promise.all([page.waitForEvent('download'), call(page, 'download', 'digits.keras')]);
      expect(offered.suggestedFilename()).toBe('digits.keras');
    });

    it('names what it cannot fetch', async () => {
      await expect(call(page, 'predict', 'wasm', 'none.keras', [])).rejects.toThrow(/none\.keras.*answered 404/);
    });

    it('draws a model as a PNG picture', async () => {
      expect(await call(page, 'plot')).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    });
  });

  it('goes on with one thread where the page forbids workers', async () => {
    const { page, said } = await pages.open(folder, { ...isolation, 'Content-Security-Policy': "worker-src 'none'" });
    const losses = await call(page, 'train', 'wasm');
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    expect(said.filter((line) => line.startsWith('Hornbeam'))).toEqual([
      expect.stringMatching(/one thread.*worker-src/),
    ]);
  });

  it('trains on one thread where the page may not share memory, equally well, and says once why', async () => {
    const { page, said } = await pages.open(folder, {});
    const losses = await call(page, 'train', 'wasm');
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    expect(page.workers()).toEqual([]);
    expect(await call(page, 'multiply', 'wasm', 64)).toBe(0);
    expect(said).toEqual([expect.stringMatching(/one thread.*cross-origin isolated.*Cross-Origin-Opener-Policy/s)]);
  });
});
