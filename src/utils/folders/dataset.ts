import { HornbeamError } from '../../base/errors.ts';
import { Dataset } from '../../data/pipeline/dataset.ts';
import { hostTensor } from '../../runtime/host-tensor.ts';
import type { Tensor } from '../../tensor/index.ts';
import { dataNow } from '../../tensor/read.ts';
import type { Files, FolderOptions, Found } from './files.ts';

/** A dataset that knows its files. */
export type FolderDataset<T> = Dataset<T> & {
  /** Class names by class number; null without labels. */
  readonly classNames: readonly string[] | null;
  /** The files, in the order drawn. */
  readonly filePaths: readonly string[];
};
/** With the subset `'both'`, a training and a validation dataset. */
export type FolderDatasets<T, O> = O extends { readonly subset: 'both' }
  ? [training: FolderDataset<T>, validation: FolderDataset<T>]
  : FolderDataset<T>;

/** The elements: samples, or with labels `[samples, labels]`. */
export type Samples<X, O> = O extends { readonly labels: null } | { readonly labelMode: null } ? X : [x: X, y: Tensor];

/** How files become samples. */
export interface Maker<S> {
  /** The k-th file; `who` names it. */
  load(who: string, path: string, k: number): S | Promise<S>;
  /** A batch of them. */
  batch(samples: readonly S[]): unknown;
  /** One alone. */
  single(sample: S): unknown;
  /** Threads that load them without pausing between batches; none by default. */
  readonly workers?: number;
}

/** The datasets of files that were found. */
export function datasetsOf<S>(who: string, found: Found, maker: Maker<S>, options: FolderOptions): unknown {
  const { shuffle = true, subset, corruptFiles = 'raise' } = options;
  const { parts, seed, labelMode, batchSize } = found;
  const made = parts.map((files, part) => {
    const load = async (k: number): Promise<S | undefined> => {
      const path = files.paths[k];
      try {
        return await maker.load(`${who} ${path}`, path, k);
      } catch (error) {
        if (corruptFiles !== 'skip' || !(error instanceof HornbeamError)) throw error;
        console.warn(`${error.message.split('\n')[0]}; it is left out`);
        return undefined;
      }
    };
    const ofIndices = async (indices: Tensor): Promise<unknown> => {
      const order = Array.from(dataNow(indices, who)!);
      const samples = await Promise.all(order.map(load));
      const kept = samples.filter((sample) => sample !== undefined);
      const labels = files.labels && order.filter((_, n) => samples[n] !== undefined).map((k) => files.labels![k]);
      const isSingle = batchSize === null;
      if (kept.length === 0) return [nothing];
      const x = isSingle ? maker.single(kept[0]) : maker.batch(kept);
      return labels && labelMode ? [x, labelsOf(labels, labelMode, files, isSingle)] : x;
    };
    const numbers = Dataset.range(files.paths.length);
    // With 'both', the validation part is not shuffled, as in Keras.
    const isDrawn = shuffle && !(subset === 'both' && part === 1);
    const drawn = isDrawn ? numbers.shuffle(files.paths.length, { seed }) : numbers;
    // The next batch's files are started while the last ones of the current batch load.
    const numParallelCalls = maker.workers ? (batchSize === null ? 2 * maker.workers : 2) : 1;
    const all = (batchSize === null ? drawn : drawn.batch(batchSize)).map(ofIndices, { numParallelCalls });
    const whole = corruptFiles === 'skip' ? all.filter((first) => first !== nothing) : all;
    return Object.assign(whole.prefetch(2), { classNames: files.classNames, filePaths: files.paths });
  });
  return subset === 'both' ? made : made[0];
}
/** Stands for a batch none of whose files could be read. */
const nothing = hostTensor(new Float32Array(0), { shape: [0], dtype: 'float32' });

function labelsOf(
  labels: readonly number[],
  mode: 'int' | 'binary' | 'categorical',
  files: Files,
  isSingle: boolean,
): Tensor {
  const n = isSingle ? [] : [labels.length];
  if (mode === 'int') return hostTensor(Int32Array.from(labels), { shape: n, dtype: 'int32' });
  if (mode === 'binary') return hostTensor(Float32Array.from(labels), { shape: [...n, 1], dtype: 'float32' });
  const count = files.classNames!.length;
  const rows = new Float32Array(labels.length * count);
  labels.forEach((label, k) => void (label >= 0 && label < count && (rows[k * count + label] = 1)));
  return hostTensor(rows, { shape: [...n, count], dtype: 'float32' });
}

/** Arrays of one size, one after the other. */
export function joined(arrays: readonly Float32Array[]): Float32Array {
  const size = arrays[0]?.length ?? 0;
  const data = new Float32Array(arrays.length * size);
  arrays.forEach((array, k) => void data.set(array, k * size));
  return data;
}
/** Arrays of one shape as one tensor, with a new first axis. */
export const stacked = (arrays: readonly Float32Array[], shape: readonly number[]): Tensor =>
  hostTensor(joined(arrays), { shape: [arrays.length, ...shape], dtype: 'float32' });
