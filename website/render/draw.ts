import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformWithOxc } from 'vite';
import { runScript } from '../../test/documentation/run.ts';
import type { Drawing } from '../content/drawings.ts';

/** Runs the program of a drawing in a folder of its own, and gives the picture that it writes. */
export async function draw({ file, program }: Drawing, library: object): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'hornbeam-site-'));
  const home = process.cwd();
  const { code } = await transformWithOxc(program, 'drawing.ts', { target: 'es2023' });
  try {
    process.chdir(folder);
    await runScript(code.replaceAll(/(\bfrom )"([^"]+)"/g, "$1'$2'"), library);
    return await readFile(file);
  } finally {
    process.chdir(home);
    await rm(folder, { recursive: true, force: true });
  }
}
