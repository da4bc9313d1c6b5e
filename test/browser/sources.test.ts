import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type OutputOptions, rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserBundle } from '../../scripts/bundle.ts';
import { data, datasets, ops, utils } from '../../src/index.ts';
import { executablePath, Pages } from './pages.ts';

const samples = ['s2.jpg', 'rgb.png', 'lossy.webp', 'palette.gif', 'rgb.bmp'];
const html = `<!doctype html>
<link rel="icon" href="data:,">
<script type="module">
  import * as sources from './sources.js';
  globalThis.functions = sources;
</script>`;

describe.skipIf(!executablePath)('in Chromium', () => {
  let folder: string;
  let page: Page;
  const pages = new Pages();
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hornbeam-sources-'));
    const { output, ...options } = browserBundle({ index: 'src/index.ts' }, folder);
    await (await rolldown(options)).write(output as OutputOptions);
    await writeFile(join(folder, 'index.html'), html);
    for (const name of samples) await copyFile(`test/data/images/${name}`, join(folder, name));
    await copyFile('test/data/datasets/cifar-10-python.tar.gz', join(folder, 'cifar-10-python.tar.gz'));
    await writeFile(
      join(folder, 'double.js'),
      'export const double = ({ data, shape, dtype }) => ({ data: data.map((x) => 2 * x), shape, dtype });',
    );
    await pages.start();
    ({ page } = await pages.open(folder, {}));
  }, 120_000);
  afterAll(async () => {
    await pages.close();
    await rm(folder, { recursive: true, force: true });
  });
  const run = <R>(code: string): Promise<R> => page.evaluate(`(async () => { ${code} })()`) as Promise<R>;

  it.each(samples)('decodes %s to the pixels that Node has', async (name) => {
    const found = await run<{ mode: string; pixels: number[] }>(`
      const img = await functions.loadImg('${name}', { targetSize: [9, 12], interpolation: 'bicubic' });
      return { mode: img.mode, pixels: [...img.data] };`);
    const { mode, data: pixels } = await utils.loadImg(`test/data/images/${name}`, {
      targetSize: [9, 12],
      interpolation: 'bicubic',
    });
    expect(found).toEqual({ mode, pixels: [...pixels] });
  });

  it('goes through a pipeline, whose functions of modules run in web workers', async () => {
    const found = await run<{ orders: number[][]; doubled: number[][]; skipped: number[]; refusals: string[] }>(`
      const { Dataset } = functions.data;
      const listOf = async (dataset) => Promise.all((await dataset.toArray()).map((x) => x.array()));
      const doubled = Dataset.range(6).map({ module: './double.js', name: 'double' }, { workers: 2 }).batch(4);
      const shuffled = Dataset.range(8).shuffle(8, { seed: 1 });
      const images = Dataset.list(${JSON.stringify(samples)}).map(async (name) =>
        functions.imgToArray(await functions.loadImg(await name.array(), { targetSize: [4, 5] })));
      return {
        orders: [await listOf(shuffled), await listOf(shuffled)],
        doubled: [...(await listOf(doubled)), ...(await listOf(doubled))],
        skipped: (await images.batch(5).toArray())[0].shape,
        refusals: await Promise.all([
          Dataset.range(2).map({ module: './nowhere.js' }).toArray().catch(String),
          Dataset.range(2).cache('a').toArray().catch(String),
          functions.imageDatasetFromDirectory('images').catch(String),
        ]),
      };`);
    const here = data.Dataset.range(8).shuffle(8, { seed: 1 });
    const orders = [await here.toArray(), await here.toArray()].map((order) => order.map(Number));
    expect(found.orders).toEqual(orders);
    expect(found.doubled).toEqual([
      [0, 2, 4, 6],
      [8, 10],
      [0, 2, 4, 6],
      [8, 10],
    ]);
    expect(found.skipped).toEqual([5, 4, 5, 3]);
    expect(found.refusals).toEqual([
      expect.stringMatching(/nowhere\.js: it failed in its thread/),
      expect.stringMatching(/cache a: there is no file system here/),
      expect.stringMatching(/imageDatasetFromDirectory: there is no file system here/),
    ]);
  });

  it('reads CIFAR from its archive', async () => {
    const path = 'cifar-10-python.tar.gz';
    const sums = async ([[x, y], [xTest, yTest]]: Awaited<ReturnType<typeof datasets.cifar10.loadData>>) => [
      x.shape,
      await ops.sum(ops.cast(x, 'int32')).item(),
      await y.array(),
      xTest.shape,
      await yTest.array(),
    ];
    const found = await run<unknown[]>(`
      const [[x, y], [xTest, yTest]] = await functions.datasets.cifar10.loadData({ path: './${path}' });
      const sum = (await x.data()).reduce((a, b) => a + b, 0);
      return [x.shape, sum, await y.array(), xTest.shape, await yTest.array()];`);
    expect(found).toEqual(await sums(await datasets.cifar10.loadData({ path: `test/data/datasets/${path}` })));
    const wrong = await run<string>(
      `return functions.datasets.cifar10.loadData({ mirror: location.href }).catch(String);`,
    );
    expect(wrong).toMatch(/cifar-10-python\.tar\.gz is incomplete or corrupted: its sha256 hash/);
  });

  it('keeps a file that was downloaded, whose hash is right', async () => {
    const bytes = await readFile('test/data/images/rgb.png');
    const hash = (algorithm: string): string => createHash(algorithm).update(bytes).digest('hex');
    const places = await run<string[]>(`
      const options = { origin: new URL('rgb.png', location.href).href, fileHash: '${hash('md5')}' };
      const first = await functions.getFile(options);
      // What is not there any more is not asked for.
      const kept = await functions.getFile({ ...options, origin: new URL('gone/rgb.png', location.href).href });
      const { width } = await functions.loadImg(kept);
      return [first, kept, String(width)];`);
    expect(places).toEqual(['indexeddb://keras/datasets/rgb.png', 'indexeddb://keras/datasets/rgb.png', '23']);
    const wrong = await run<string>(`
      return functions.getFile({ origin: new URL('s2.jpg', location.href).href, fileHash: '${hash('sha256')}' }).catch(String);`);
    expect(wrong).toMatch(/s2\.jpg is incomplete or corrupted: its sha256 hash is/);
    const archive = await run<string>(
      `return functions.getFile({ origin: location.href + 'a.zip', extract: true }).catch(String);`,
    );
    expect(archive).toMatch(/archives are extracted where there are folders/);
  });
});
