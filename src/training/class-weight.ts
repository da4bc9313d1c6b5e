import { fail } from '../base/errors.ts';
import type { Batch } from '../data/batches.ts';
import { cast, multiply } from '../ops/index.ts';
import { type Tensor, tensor, tensorsIn } from '../tensor/index.ts';

/** The weight of each class in the loss; 1 for classes not listed. */
export type ClassWeight = Readonly<Record<number, number>>;

/** Multiplies sample weights by the weight of each sample's class. */
export async function withClassWeight(batch: Batch, classWeight: ClassWeight | null | undefined): Promise<Batch> {
  if (!classWeight) return batch;
  if (typeof classWeight !== 'object')
    fail('fit', `classWeight is ${String(classWeight)}`, 'give the weight of each class: { 0: 1, 1: 2 }');
  const labels = tensorsIn(batch.y);
  if (labels.length !== 1) fail('fit', 'classWeight works for models with one output only', 'use sampleWeight');
  const y = labels[0];
  const data = await y.data();
  const classes = y.shape.length > 1 && y.shape.at(-1)! > 1 ? y.shape.at(-1)! : 0;
  const weightOf = (k: number): number => classWeight[k] ?? 1;
  const weights = Float32Array.from({ length: y.shape[0] }, (_, i) => {
    if (classes === 0) return weightOf(Math.round(data[i]));
    const row = data.subarray(i * classes, (i + 1) * classes);
    return weightOf(row.indexOf(Math.max(...row)));
  });
  const own = tensor(weights);
  const [given] = tensorsIn(batch.sampleWeight) as [Tensor?];
  return { ...batch, sampleWeight: given ? multiply(cast(given, 'float32'), own) : own };
}
