import { gzipSync } from 'node:zlib';
import { type OutputChunk, type OutputOptions, type RolldownOptions, rolldown } from 'rolldown';
import { expect, it } from 'vitest';
import { browserBundle } from '../../scripts/bundle.ts';
import { notices } from '../../scripts/third-party.ts';

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
  // What it leaves for later is there too.
  const later = [...core].flatMap((name) => chunks.get(name)!.dynamicImports);
  for (const name of ['drawing', 'zip', 'read-keras', 'read', 'write', 'h5-model', 'device'])
    expect(later.map((file) => file.replace(/(-[\w-]{8})?\.js$/, ''))).toContain(name);
  // Only Node is asked to verify plans.
  expect(later.join()).not.toContain('verify-plan');
});

it('names whose work it carries, each with the text of its licence', async () => {
  const { output, ...options } = browserBundle(input, 'dist/browser');
  const bundle = await rolldown(options);
  const { output: files } = await bundle.generate(output as OutputOptions);
  await bundle.close();
  const asset = files.find((file) => file.fileName === 'THIRD-PARTY-NOTICES');
  const text = asset?.type === 'asset' ? String(asset.source) : '';
  const ids = files.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  const names = new Set(
    ids.flatMap((id) => /(?:.*node_modules\/|^carried:)((?:@[^/]+\/)?[^/]+)\//.exec(id)?.[1] ?? []),
  );
  expect([...names].sort()).toEqual([
    '@bufbuild/protobuf',
    '@fontsource/arimo',
    '@jsquash/jpeg',
    '@jsquash/webp',
    '@noble/hashes',
    '@resvg/resvg-wasm',
    '@viz-js/viz',
    'fast-png',
    'fflate',
    'iobuffer',
    'modern-tar',
    'omggif',
    'papaparse',
    'seek-bzip',
    'txml',
  ]);
  // The studio's page is text, with what it was made of in it.
  for (const name of ['@dagrejs/dagre', 'preact', 'uplot']) names.add(name);
  for (const name of names) expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(.+\\)$`, 'm'));
  for (const licence of [
    'Mozilla Public License Version 2.0',
    'Eclipse Public License - v 1.0',
    'SIL OPEN FONT LICENSE',
  ])
    expect(text).toContain(licence);
  expect(text.match(/THE SOFTWARE IS PROVIDED "AS IS"/g)!.length).toBeGreaterThanOrEqual(4);
});

it('refuses to carry a package whose licence it cannot show', () => {
  expect(() => notices(['nobody'])).toThrow(/nobody/);
});
