import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
import { expect, test } from 'vitest';

const library = fileURLToPath(new URL('../../src/index.ts', import.meta.url));

/** Whether a bundler must keep what a file does: of the shipped modules `package.json` says it. */
const { sideEffects, browser } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly sideEffects: readonly string[];
  readonly browser: Readonly<Record<string, string>>;
};
/** What stands in a file's place in pages. */
const inPages = (id: string): string | undefined => {
  const shipped = `./dist/${relative(dirname(library), id).replace(/\.ts$/, '.js')}`;
  const other = Object.hasOwn(browser, shipped) ? browser[shipped]! : undefined;
  return other && join(dirname(library), other.slice('./dist/'.length).replace(/\.js$/, '.ts'));
};
const kept = sideEffects.filter((pattern) => pattern.startsWith('./dist/')).map((pattern) => pattern.slice(7));
const isKept = (id: string): boolean =>
  id.startsWith('\0') ||
  kept.some((pattern) => matchesGlob(relative(dirname(library), id).replace(/\.ts$/, '.js'), pattern));
const matchesGlob = (path: string, pattern: string): boolean =>
  pattern.endsWith('/**') ? path.startsWith(pattern.slice(0, -2)) : path === pattern;

/** Compressed bytes that a page must load before it can begin, and the names of files that load later. */
async function bundled(program: string): Promise<{ bytes: number; later: readonly string[] }> {
  const bundle = await rolldown({
    input: 'program',
    platform: 'browser',
    logLevel: 'silent',
    treeshake: { moduleSideEffects: isKept },
    plugins: [
      {
        name: 'program',
        resolveId: (id, importer) =>
          id === 'program'
            ? '\0program'
            : id === 'hornbeam'
              ? library
              : id.startsWith('.') && importer
                ? inPages(join(dirname(importer), id))
                : undefined,
        load: (id) => (id === '\0program' ? program : undefined),
      },
    ],
  });
  const { output } = await bundle.generate({ minify: true });
  const chunks = output.filter((file) => file.type === 'chunk');
  const first = new Set(chunks.filter((file) => file.isEntry));
  for (const { imports } of first) for (const file of chunks) if (imports.includes(file.fileName)) first.add(file);
  return {
    bytes: [...first].reduce((n, file) => n + gzipSync(file.code).length, 0),
    later: chunks.filter((file) => !first.has(file)).map((file) => file.name),
  };
}
const kB = 1000;

test('a page that uses ops alone leaves models out, however it names them', async () => {
  const named = await bundled(`import { ops } from 'hornbeam'; console.log(ops.add([1], 2));`);
  const dotted = await bundled(`import * as keras from 'hornbeam'; console.log(keras.ops.add([1], 2));`);
  expect(named.bytes).toBeLessThan(103 * kB);
  expect(dotted.bytes).toBeLessThan(103 * kB);
  expect(named.later).toEqual([]);
});

test('a page that only predicts, written as README begins, leaves pictures out', async () => {
  const page = await bundled(`
    import * as keras from 'hornbeam';
    import { layers } from 'hornbeam';
    const model = new keras.Sequential([keras.Input({ shape: [4] }), new layers.Dense({ units: 1 })]);
    console.log(model.predict([[1, 2, 3, 4]]));`);
  const everything = await bundled(`import * as keras from 'hornbeam'; const { layers } = keras; console.log(layers);`);
  expect(page.bytes).toBeLessThan(280 * kB);
  expect(page.bytes).toBeLessThan(0.9 * everything.bytes);
  expect(page.later.join()).not.toMatch(/viz|resvg/);
});

test('a page loads the devices that it may choose when it chooses them', async () => {
  const page = await bundled(`
    import { config, ops } from 'hornbeam';
    config.setDevice('webgpu').then(() => console.log(ops.add([1], 2)));`);
  expect(page.bytes).toBeLessThan(105 * kB);
  expect(page.later.filter((name) => name === 'device')).toHaveLength(2);
});
