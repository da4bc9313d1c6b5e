import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type OutputOptions, type RolldownOptions, rolldown } from 'rolldown';
import { browserBundle } from './bundle.ts';

/** Where the page finds the library; its own files name it `hornbeam`. */
const library = './hornbeam/index.js';

/**
 * Makes of `examples/<name>` a folder that any static host can serve: `page.js` and `worker.js`, the library's bundle in a
 * folder of its own, unchanged, and the files that need no making.
 */
export async function buildExamplePage(name: string, folder: string): Promise<void> {
  const from = join('examples', name);
  const own: RolldownOptions = {
    input: { page: join(from, 'page.ts'), worker: join(from, 'worker.ts') },
    platform: 'browser',
    external: ['hornbeam'],
    output: { dir: folder, paths: { hornbeam: library }, chunkFileNames: '[name].js' },
  };
  await write(own);
  await write(browserBundle({ index: 'src/index.ts' }, join(folder, 'hornbeam')));
  const asTheyAre = (await readdir(from)).filter((file) => ['.html', '.css'].includes(extname(file)));
  const copies = [...asTheyAre.map((file) => join(from, file)), 'examples/data/digits.csv.gz'];
  for (const file of copies) await writeFile(join(folder, basename(file)), await readFile(file));
}

async function write({ output, ...input }: RolldownOptions): Promise<void> {
  const bundle = await rolldown(input);
  await bundle.write(output as OutputOptions);
  await bundle.close();
}
