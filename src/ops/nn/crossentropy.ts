import { epsilon } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import type { OptionNames } from '../../base/options.ts';
import { sameShape, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { reduceSum } from '../../primitives/reduce.ts';
import { axisOf } from '../axes.ts';
import { reshapeTo } from '../numpy/shape.ts';
import { op } from '../op.ts';
import { cast, like, spreadTo } from '../operands.ts';
import { floatType } from '../promotion.ts';
import { oneHotOf } from './encoding.ts';
import { logSoftmaxOf } from './softmax.ts';

export interface CrossentropyOptions {
  /** Whether outputs are logits rather than probabilities. */
  readonly fromLogits?: boolean | undefined;
  /** Axis of the classes; the last by default. */
  readonly axis?: number | undefined;
}
const crossentropyOptions: OptionNames<CrossentropyOptions> = { fromLogits: true, axis: true };
const clipped = (x: Tensor): Tensor => p.min(p.max(x, like(x, epsilon())), like(x, 1 - epsilon()));
/** Log-probabilities from logits, or from probabilities, which are normalised to sum to one. */
function logProbabilities(output: Tensor, fromLogits: boolean, d: number): Tensor {
  if (fromLogits) return logSoftmaxOf(output, d);
  const total = reduceSum(output, { axes: [d] });
  const kept = reshapeTo(
    total,
    output.shape.map((n, k) => (k === d ? 1 : n)),
  );
  return p.log(clipped(p.div(output, spreadTo(kept, output.shape))));
}

/** `-Σ target · log(output)` along the class axis. @example categoricalCrossentropy([[0, 1]], [[0.5, 0.5]]) // [0.6931] */
export const categoricalCrossentropy = op(
  'categoricalCrossentropy',
  (target: Tensor, output: Tensor, { fromLogits = false, axis = -1 }: CrossentropyOptions = {}) => {
    if (!sameShape(target.shape, output.shape) || target.shape.length === 0)
      fail(
        'categoricalCrossentropy',
        `target has shape ${showShape(target.shape)}, output ${showShape(output.shape)}`,
        'give both the same shape [batch, …, classes]; for class numbers use sparseCategoricalCrossentropy (the loss "sparse_categorical_crossentropy"), or make them one-hot with ops.oneHot(y, numClasses)',
      );
    const y = cast(output, floatType(output.dtype));
    const d = axisOf('categoricalCrossentropy', axis, y.shape.length);
    return p.neg(reduceSum(p.mul(cast(target, y.dtype), logProbabilities(y, fromLogits, d)), { axes: [d] }));
  },
  ['tensor', 'tensor'],
  crossentropyOptions,
);
/** `-log(output[target])` along the class axis, targets being class numbers. @example sparseCategoricalCrossentropy([1], [[0.5, 0.5]]) // [0.6931] */
export const sparseCategoricalCrossentropy = op(
  'sparseCategoricalCrossentropy',
  (target: Tensor, output: Tensor, { fromLogits = false, axis = -1 }: CrossentropyOptions = {}) => {
    const y = cast(output, floatType(output.dtype));
    if (y.shape.length === 0) fail('sparseCategoricalCrossentropy', 'output is a scalar', 'give it a class axis');
    const d = axisOf('sparseCategoricalCrossentropy', axis, y.shape.length);
    const classes =
      target.shape.length === y.shape.length && target.shape.at(-1) === 1
        ? reshapeTo(target, target.shape.slice(0, -1))
        : target;
    const expected = y.shape.filter((_, k) => k !== d);
    if (!sameShape(classes.shape, expected))
      fail(
        'sparseCategoricalCrossentropy',
        `target has shape ${showShape(target.shape)}, output ${showShape(output.shape)}`,
        `give class numbers of shape ${showShape(expected)}; for one-hot labels use categoricalCrossentropy (the loss "categorical_crossentropy")`,
      );
    const chosen = oneHotOf('sparseCategoricalCrossentropy', classes, y.shape[d], d, y.dtype);
    return p.neg(reduceSum(p.mul(chosen, logProbabilities(y, fromLogits, d)), { axes: [d] }));
  },
  ['tensor', 'tensor'],
  crossentropyOptions,
);
/** `-(target · log(output) + (1 - target) · log(1 - output))`, element by element. @example binaryCrossentropy([1], [0.5]) // [0.6931] */
export const binaryCrossentropy = op(
  'binaryCrossentropy',
  (
    target: Tensor,
    output: Tensor,
    {
      fromLogits = false,
    }: {
      /** Whether outputs are logits; probabilities by default. */
      readonly fromLogits?: boolean | undefined;
    } = {},
  ) => {
    if (!sameShape(target.shape, output.shape))
      fail(
        'binaryCrossentropy',
        `target has shape ${showShape(target.shape)}, output ${showShape(output.shape)}`,
        'give both the same shape, a number from 0 to 1 for each output; for class numbers use sparseCategoricalCrossentropy (the loss "sparse_categorical_crossentropy")',
      );
    const y = cast(output, floatType(output.dtype));
    const t = cast(target, y.dtype);
    const rest = p.sub(like(t, 1), t);
    if (fromLogits) {
      // -log sigmoid(y) is softplus(-y), and -log(1 - sigmoid(y)) is softplus(y) = y + softplus(-y).
      const isNegative = p.lt(y, like(y, 0));
      // At 0 only the second term has a slope: a half.
      const soft = p.add(p.select(isNegative, p.neg(y), like(y, 0)), p.log1p(p.exp(p.select(isNegative, y, p.neg(y)))));
      return p.add(p.mul(rest, y), soft);
    }
    const q = clipped(y);
    return p.neg(p.add(p.mul(t, p.log(q)), p.mul(rest, p.log(p.sub(like(q, 1), q)))));
  },
  ['tensor', 'tensor'],
  { fromLogits: true },
);
