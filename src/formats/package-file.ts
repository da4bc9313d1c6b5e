import { readFile } from './file.ts';

/**
 * The bytes of a file in another package, one of `carriedFiles`. This is how they are found where the packages are installed; in
 * builds another module stands in its place, which loads the file's bytes as a module: bundlers agree on how to import modules,
 * and on no other way to find a file.
 */
export async function packageFile(name: string): Promise<Uint8Array> {
  const { createRequire } = process.getBuiltinModule('node:module');
  return readFile(createRequire(import.meta.url).resolve(name));
}
