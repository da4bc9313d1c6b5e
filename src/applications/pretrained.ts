import type { FileSource } from '../formats/file.ts';
import type { Model } from '../models/index.ts';
import { getFile } from '../utils/get-file.ts';

/** A file of trained weights: its name in the cache, where it lies, and its hash where Keras knows one. */
export interface PretrainedFile {
  readonly file: string;
  readonly url: string;
  readonly hash?: string;
}
/** Hashes of the file of a whole model, and of that of its features. */
export type Hashes = readonly [whole: string, features: string];
export const hashOf = ([whole, features]: Hashes, includeTop: boolean): string => (includeTop ? whole : features);

/** Where Keras keeps the weights of most families. */
export const folder = 'https://storage.googleapis.com/tensorflow/keras-applications/';

/** The file of weights of a family that names its files as most did at first. */
export function kernelsFile(
  family: string,
  name: string,
  hashes: Hashes,
  { includeTop }: { readonly includeTop: boolean },
): PretrainedFile {
  const file = `${name}_weights_tf_dim_ordering_tf_kernels${includeTop ? '' : '_notop'}.h5`;
  return { file, url: `${folder}${family}/${file}`, hash: hashOf(hashes, includeTop) };
}

/** The path of a file that Keras publishes, in the cache that Keras uses too: downloaded when it is not there. */
export const cached = ({ file, url, hash }: PretrainedFile): Promise<string> =>
  getFile({ fname: file, origin: url, cacheSubdir: 'models', fileHash: hash });

/** Gives a model the weights of ImageNet, or of a file of one's own. */
export async function withWeights(model: Model, source: PretrainedFile | FileSource): Promise<Model> {
  const isPublished = typeof source === 'object' && 'file' in source;
  await model.loadWeights(isPublished ? await cached(source) : source);
  return model;
}
