import { gzipSync } from 'node:zlib';
import { type OutputChunk, type OutputOptions, type RolldownOptions, rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { browserBundle, nodeBundle } from '../../scripts/bundle.ts';

const input = { index: 'src/index.ts' };

/** The chunks of a bundle by file name, written nowhere. */
async function chunksOf({ output, ...options }: RolldownOptions): Promise<Map<string, OutputChunk>> {
  const bundle = await rolldown(options);
  const { output: files } = await bundle.generate(output as OutputOptions);
  await bundle.close();
  return new Map(files.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file]] : [])));
}

it('gives pages a core of less than 300 kB, compressed, that imports only files beside it', async () => {
  const chunks = await chunksOf(browserBundle(input, 'dist/browser'));
  const core = new Set(['index.js']);
  for (const name of core) for (const needed of chunks.get(name)!.imports) core.add(needed);
  expect([...core].filter((name) => !chunks.has(name))).toEqual([]);
  const bytes = [...core].reduce((sum, name) => sum + gzipSync(chunks.get(name)!.code).length, 0);
  expect(bytes).toBeLessThan(300_000);
  // What it leaves for later is there too: compression, layout, rasteriser, PNG.
  expect(chunks.get('index.js')!.dynamicImports.length).toBeGreaterThanOrEqual(4);
});

it('gives Node one file that starts without loading any other', async () => {
  const chunks = await chunksOf(nodeBundle(input, 'dist'));
  expect([...chunks.keys()]).toEqual(['index.js']);
  const { imports, dynamicImports, code } = chunks.get('index.js')!;
  expect(imports).toEqual([]);
  expect(dynamicImports).toContain('fflate');
  expect(code).toMatch(/^[\0-\x7f]*$/);
});
