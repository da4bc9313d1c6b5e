import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { type OutputOptions, type RolldownOptions, rolldown } from 'rolldown';
import { browserBundle } from './bundle.ts';

const data = 'examples/data';
interface PageOptions {
  /** The folder in which the page finds the library, if it lies there already; without it, it is put beside the page. */
  readonly library?: string;
  /** HTML at the end of the page's foot. */
  readonly foot?: string;
}

/**
 * Makes of `examples/<name>` a folder that any static host can serve: `page.js` and `worker.js`, the library's bundle in a
 * folder of its own, unchanged, and the files that need no making, those of `examples/data` that the page names among them. Heads
 * of pages begin with `examples/data/head.html`.
 */
export async function buildExamplePage(
  name: string,
  folder: string,
  { library = './hornbeam', foot = '' }: PageOptions = {},
): Promise<void> {
  const from = join('examples', name);
  const own: RolldownOptions = {
    input: { page: join(from, 'page.ts'), worker: join(from, 'worker.ts') },
    platform: 'browser',
    external: /^hornbeam(?:\/|$)/,
    output: {
      dir: folder,
      // `hornbeam/browser/tools` is the file `tools.js` beside the core.
      paths: (id) => `${library}/${/^hornbeam\/browser\/(.+)$/.exec(id)?.[1] ?? 'index'}.js`,
      chunkFileNames: '[name].js',
    },
  };
  await write(own);
  if (library === './hornbeam') await buildLibrary(join(folder, 'hornbeam'));
  const asTheyAre = (await readdir(from)).filter((file) =>
    ['.html', '.css', '.keras', '.f16', '.json'].includes(extname(file)),
  );
  const head = (await readFile(join(data, 'head.html'), 'utf8')).trimEnd();
  const texts = ['index.html', 'page.ts', 'worker.ts'].map((file) => readFile(join(from, file), 'utf8'));
  const named = [head, ...(await Promise.all(texts))].join('').match(/[\w-]+(?:\.\w+)+/g) ?? [];
  const shared = [...new Set(named)].filter((file) => !file.endsWith('.ts') && existsSync(join(data, file)));
  const copies = [...asTheyAre.map((file) => join(from, file)), ...shared.map((file) => join(data, file))];
  const page = (html: string): string =>
    html.replace('<head>', () => `<head>\n    ${head}`).replace('</footer>', () => `${foot}</footer>`);
  for (const file of copies) {
    const bytes = await readFile(file);
    await writeFile(join(folder, basename(file)), extname(file) === '.html' ? page(bytes.toString()) : bytes);
  }
}
/** The library's bundle for pages, in a folder. */
export async function buildLibrary(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await write(browserBundle({ index: 'src/index.ts' }, folder));
}

async function write({ output, ...input }: RolldownOptions): Promise<void> {
  const bundle = await rolldown(input);
  await bundle.write(output as OutputOptions);
  await bundle.close();
}
