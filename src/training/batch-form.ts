import type { Batch } from '../data/batches.ts';
import { tensorsIn } from '../tensor/index.ts';

/** A batch as steps see it. */
export type AnyBatch = Pick<Batch, 'x' | 'y' | 'sampleWeight' | 'size'>;

/** The shapes and dtypes of a batch, without the number of samples. */
export const formOf = ({ x, y, sampleWeight }: AnyBatch): string =>
  [x, y, sampleWeight]
    .map((nest) => tensorsIn(nest).map(({ shape, dtype }) => `${dtype}[${shape.slice(1)}]`))
    .join(';');
/** Number of samples in a batch. */
export const samplesIn = (nest: unknown): number => tensorsIn(nest).find((t) => t.shape.length > 0)?.shape[0] ?? 1;
