import { fail } from '../base/errors.ts';
import { asHostTensor, Tensor, tensorsIn } from '../tensor/index.ts';
import type { Arity, Batch, BatchLike } from './batches.ts';
import { toTensors } from './nest.ts';

/** A batch of its parts. */
export function makeBatch(x: unknown, y: unknown, sampleWeight: unknown, { inputs, outputs }: Arity = {}): Batch {
  const batch = {
    x: toTensors(x, 'x', inputs),
    // Kept in JavaScript's memory, where losses can check labels.
    y: toTensors(y, 'y', outputs, asHostTensor),
    sampleWeight: toTensors(sampleWeight, 'sampleWeight', outputs),
  };
  const first = tensorsIn(batch.x)[0];
  if (!first) fail('data', 'a batch holds no inputs', 'let x hold tensors or arrays, one row for each sample');
  return { ...batch, size: first.shape[0] ?? 1 };
}

/** A batch from what a source yields: `[x, y, sampleWeight]`, or x alone. */
export function asBatch(given: BatchLike, arity: Arity = {}): Batch {
  if (typeof given !== 'object' || given === null)
    fail(
      'data',
      `the source of batches gave ${typeof given === 'string' ? JSON.stringify(given) : String(given)}`,
      'let it give [x, y], [x, y, sampleWeight] or x, each a tensor, an array, or a list or object of these',
    );
  const isTuple =
    Array.isArray(given) &&
    given.length <= 3 &&
    given.some((part) => part instanceof Tensor || typeof part === 'object' || part === undefined);
  const [x, y, sampleWeight] = (isTuple ? given : [given]) as readonly unknown[];
  return makeBatch(x, y, sampleWeight, arity);
}
