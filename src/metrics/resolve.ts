import type { SymbolicShape } from '../base/shape.ts';
import { table } from '../base/table.ts';
import { labelKind } from '../losses/label-kind.ts';
import { BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy } from './accuracy.ts';
import { BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy } from './loss-means.ts';

const kinds = {
  accuracy: { binary: BinaryAccuracy, sparse: SparseCategoricalAccuracy, categorical: CategoricalAccuracy },
  crossentropy: {
    binary: BinaryCrossentropy,
    sparse: SparseCategoricalCrossentropy,
    categorical: CategoricalCrossentropy,
  },
} as const;
const words: Readonly<Record<string, keyof typeof kinds>> = table({
  accuracy: 'accuracy',
  acc: 'accuracy',
  crossentropy: 'crossentropy',
  ce: 'crossentropy',
});

/**
 * Resolves "accuracy" and "crossentropy" for labels and predictions of these shapes: binary, class numbers, or one-hot
 * labels. Anything else is returned unchanged; the metric keeps the requested name.
 */
export function resolveAccuracy<T>(entry: T, yTrue: SymbolicShape | undefined, yPred: SymbolicShape): T {
  const kind = typeof entry === 'string' ? words[entry] : undefined;
  if (!kind || !yTrue) return entry;
  return new kinds[kind][labelKind(yTrue, yPred)]({ name: entry as string }) as T;
}
