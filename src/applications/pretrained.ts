import type { FileSource } from '../formats/file.ts';
import type { Model } from '../models/index.ts';
import { getFile } from '../utils/get-file.ts';

/** A file of trained weights: its name in the cache, its URL, and its hash if Keras has one. */
export interface PretrainedFile {
  readonly file: string;
  readonly url: string;
  readonly hash?: string;
}
/** Hashes of the files with and without the top. */
export type Hashes = readonly [whole: string, features: string];
export const hashOf = ([whole, features]: Hashes, includeTop: boolean): string => (includeTop ? whole : features);

/** Where Keras keeps the weights of most families. */
export const folder = 'https://storage.googleapis.com/tensorflow/keras-applications/';

/** The file of weights, for families with the older naming scheme. */
export function kernelsFile(
  family: string,
  name: string,
  hashes: Hashes,
  { includeTop }: { readonly includeTop: boolean },
): PretrainedFile {
  const file = `${name}_weights_tf_dim_ordering_tf_kernels${includeTop ? '' : '_notop'}.h5`;
  return { file, url: `${folder}${family}/${file}`, hash: hashOf(hashes, includeTop) };
}

/** The path of a file that Keras publishes, in the cache that Keras uses as well; downloads it if necessary. */
export const cached = ({ file, url, hash }: PretrainedFile): Promise<string> =>
  getFile({ fname: file, origin: url, cacheSubdir: 'models', fileHash: hash });

/** Sets the weights of a model: those trained on ImageNet, or those in a file of the user's. */
export async function withWeights(model: Model, source: PretrainedFile | FileSource): Promise<Model> {
  const isPublished = typeof source === 'object' && 'file' in source;
  await model.loadWeights(isPublished ? await cached(source) : source);
  return model;
}
