import { readFile } from '../formats/file.ts';

/**
 * The bytes of a file in a package that this one depends on. Node finds it by its name; in a browser the bundler has put it
 * where `url` says.
 */
export function packageFile(name: string, url: URL): Promise<Uint8Array> {
  const find = typeof process === 'undefined' ? undefined : process.getBuiltinModule;
  return readFile(
    find
      ? find('node:module')
          .createRequire(import.meta.url)
          .resolve(name)
      : url,
  );
}
