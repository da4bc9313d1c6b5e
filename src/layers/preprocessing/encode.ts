import type { DType } from '../../base/dtype.ts';
import type { SymbolicShape } from '../../base/shape.ts';
import { cast, expandDims, max, multiply, oneHot, squeeze, sum } from '../../ops/index.ts';
import type { Tensor } from '../../tensor/index.ts';

/** The form of the result: the categories themselves, a vector for each, or one vector per sample of zeros and ones, or counts. */
export type EncodingMode = 'int' | 'one_hot' | 'multi_hot' | 'count';

/**
 * Categories from 0 to `depth - 1` in the requested form, in Keras's shapes: `multi_hot` and `count` join those along axis 1
 * (the only axis, where there is but one). A category outside belongs to no vector. `weights` say how much each counts.
 */
export function encodeCategories(
  categories: Tensor,
  { mode, depth, dtype, weights }: { mode: EncodingMode; depth: number; dtype: DType; weights?: Tensor | undefined },
): Tensor {
  if (mode === 'int') return cast(categories, dtype);
  let x = cast(categories, 'int32');
  if (x.shape.length === 0) x = expandDims(x, -1);
  if (mode === 'one_hot') {
    if (x.shape.length > 1 && x.shape.at(-1) === 1) x = squeeze(x, { axis: -1 });
    return oneHot(x, depth, { axis: -1, dtype });
  }
  const axis = x.shape.length > 1 ? 1 : 0;
  const vectors = oneHot(x, depth, { axis: -1, dtype: weights?.dtype ?? dtype });
  if (mode === 'multi_hot') return max(vectors, { axis });
  return cast(sum(weights ? multiply(vectors, expandDims(weights, -1)) : vectors, { axis }), weights?.dtype ?? dtype);
}

/** The shape of categories given so, as Keras announces it: the last axis becomes the vector. */
export function encodedShape(shape: SymbolicShape, mode: EncodingMode | 'tf_idf', depth: number | null): SymbolicShape {
  if (mode === 'int') return shape;
  if (shape.length === 0) return [depth];
  if (mode === 'one_hot')
    return shape.length > 1 && shape.at(-1) === 1 ? [...shape.slice(0, -1), depth] : [...shape, depth];
  return [...shape.slice(0, -1), depth];
}
