import { fail, HornbeamError } from '../base/errors.ts';
import type { OptionNames } from '../base/options.ts';
import { readFile } from '../formats/file.ts';
import { hasFiles } from '../formats/node-modules.ts';
import type { NpyArray, NpyObjects } from '../formats/npy.ts';
import { filesOfTar } from '../formats/tar.ts';
import { type Tensor, tensor } from '../tensor/index.ts';
import { getFile } from '../utils/get-file.ts';

/** Where a data set comes from. */
export interface SourceOptions {
  /**
   * The file's name in the cache, by default Keras's, where it is downloaded to. With a folder in front, it is a file (for a data set
   * of several files: a folder, or their tar.gz) of your own, which is read as it is. A file that you download by hand belongs in
   * `~/.keras/datasets` under its name, and is used if its hash is right.
   */
  readonly path?: string | undefined;
  /**
   * Address of a folder that has the files instead of the place from which Keras downloads them; by default the environment's
   * `HORNBEAM_DATASETS_MIRROR`. Their hashes are checked all the same.
   */
  readonly mirror?: string | undefined;
}
export const sourceOptions: OptionNames<SourceOptions> = { path: true, mirror: true };

/** Training samples and their labels, test samples and theirs. */
export type Split<X = Tensor> = readonly [train: readonly [x: X, y: Tensor], test: readonly [x: X, y: Tensor]];

/** A file as Keras downloads it. */
export interface KerasFile {
  /** In the folder that it comes from. */
  readonly file: string;
  readonly hash?: string;
  /** Where it comes from, if not from where most do. */
  readonly folder?: string;
  /** The folder in the cache that holds it. */
  readonly cacheSubdir?: string;
  /** For an archive: the name of the folder that it is unpacked to. */
  readonly extracted?: string;
}
const kerasFolder = 'https://storage.googleapis.com/tensorflow/tf-keras-datasets/';

/** The path of a file of a data set; downloads the file if necessary. */
export async function placeOf(who: string, wanted: KerasFile, { path, mirror }: SourceOptions): Promise<string> {
  const { file, hash, folder = kerasFolder, cacheSubdir, extracted } = wanted;
  if (path !== undefined && /[/\\]/.test(path)) return path;
  const instead = mirror ?? (hasFiles() ? process.env['HORNBEAM_DATASETS_MIRROR'] : undefined);
  const base = (instead || folder).replace(/\/?$/, '/');
  if (!URL.canParse(base))
    fail(who, `the mirror ${base} is no address`, 'give one that begins with https:, http: or file:');
  try {
    return await getFile({
      origin: base + file,
      fname: extracted ?? path ?? file,
      fileHash: hash,
      ...(cacheSubdir !== undefined && { cacheSubdir }),
      extract: extracted !== undefined,
    });
  } catch (error) {
    if (hasFiles() || !(error instanceof HornbeamError)) throw error;
    return fail(
      who,
      error.message.split('\n')[0]!,
      `name a copy of ${file} that the page can fetch: { path: '/files/${file}' }, or the folder that has it: { mirror: '…' }`,
    );
  }
}
/** The bytes of a file of a data set. */
export const bytesFor = async (who: string, wanted: KerasFile, options: SourceOptions): Promise<Uint8Array> =>
  readFile(await placeOf(who, wanted, options));

/** A function that reads a file of a data set that comes as a `tar.gz`: from the folder that it is unpacked to or, where there are no folders, from the archive. */
export async function filesOf(
  who: string,
  wanted: KerasFile,
  options: SourceOptions,
): Promise<(name: string) => Promise<Uint8Array>> {
  const { path } = options;
  const isOwn = path !== undefined && /[/\\]/.test(path);
  if (isOwn ? !/gz$/.test(path) : hasFiles()) {
    const folder = await placeOf(who, wanted, options);
    return (name) => readFile(`${folder}/${name}`);
  }
  const { extracted: _, ...archive } = wanted;
  const bytes = await bytesFor(who, archive, options);
  const files = await filesOfTar(who, bytes);
  return async (name) =>
    files.get(name) ?? fail(who, `the archive holds no file ${name}`, 'use the one that Keras uses');
}

/** An array of numbers as a tensor; 64-bit integers become int32. */
export function numeric(who: string, array: NpyArray | NpyObjects | undefined, name: string): Tensor {
  if (!array || 'objects' in array)
    return fail(
      who,
      `the file holds no numbers called "${name}"`,
      'use the file that Keras uses, or another of its form',
    );
  const { shape, dtype, data } = array;
  if (dtype !== 'int64' && dtype !== 'uint64') return tensor(data as Uint8Array, { shape, dtype });
  return tensor(Int32Array.from(data as BigInt64Array, Number), { shape, dtype: 'int32' });
}
