import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { type OutputOptions, rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserBundle } from '../../scripts/bundle.ts';
import { utils } from '../../src/index.ts';
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
    const { mode, data } = await utils.loadImg(`test/data/images/${name}`, {
      targetSize: [9, 12],
      interpolation: 'bicubic',
    });
    expect(found).toEqual({ mode, pixels: [...data] });
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
