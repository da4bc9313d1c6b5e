import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OutputOptions, type RolldownOptions, rolldown } from 'rolldown';
import { browserBundle } from '../../scripts/bundle.ts';
import { nodeBundle } from '../../scripts/node-bundle.ts';
import { shareCarried } from '../../scripts/share-carried.ts';

/** Puts the package, as npm would, where apps in the folder find it; there are no other packages there. Gives its place. */
export async function install(folder: string): Promise<string> {
  const place = join(folder, 'node_modules/hornbeam');
  await mkdir(place, { recursive: true });
  await writeFile(join(place, 'package.json'), await readFile('package.json'));
  const options = ['-p', 'tsconfig.build.json', '--outDir', 'dist', '--declarationDir', 'dist/types'];
  const placed = options.map((option) => (option.startsWith('dist') ? join(place, option) : option));
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', ...placed, '--noCheck']);
  const { output, plugins, ...input } = browserBundle({ index: 'src/index.ts' }, join(place, 'dist/browser'));
  await write({ ...input, output: output as OutputOptions, plugins: [plugins, shareCarried(join(place, 'dist'))] });
  await write(nodeBundle(join(place, 'dist/node')));
  return place;
}

async function write({ output, ...input }: RolldownOptions): Promise<void> {
  const bundle = await rolldown(input);
  await bundle.write(output as OutputOptions);
  await bundle.close();
}
