import { asDType, type DType, isFloat } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { optionsOf } from '../base/options.ts';
import { showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { sizeArgument } from '../ops/axes.ts';
import { argmax } from '../ops/numpy/reduce.ts';
import { op } from '../ops/op.ts';
import { add, convert, log, neg } from '../primitives/elementwise.ts';
import { broadcast } from '../primitives/movement.ts';
import { asTensor, type Like } from '../tensor/like.ts';
import { drawKey } from './seed-generator.ts';
import { type DrawOptions, drawOptions, uniformFrom } from './uniform.ts';

// The smallest normal number of a type.
const tinyOf = (dtype: DType): number => (dtype === 'float16' ? 2 ** -14 : 2 ** -126);

const draw = op(
  'categorical',
  (logits: Tensor, key: Tensor, count: number, dtype: DType) => {
    const shape = [...logits.shape, count];
    // The noise has the type of the logits, and is rounded to it at each step.
    const noise = isFloat(logits.dtype) ? logits.dtype : 'float32';
    const typed = (x: Tensor): Tensor => convert(convert(x, { dtype: noise }), { dtype: 'float32' });
    const uniform = typed(uniformFrom(key, shape, tinyOf(noise), 1, noise));
    const gumbel = typed(neg(log(typed(neg(log(uniform))))));
    const noisy = typed(add(gumbel, broadcast(convert(logits, { dtype: 'float32' }), { shape, axes: [0, 1] })));
    return convert(argmax(noisy, { axis: 1 }), { dtype });
  },
  ['tensor', 'tensor'],
);

/**
 * Draws `numSamples` class numbers for each row of unnormalised log-probabilities `[batch, classes]`.
 * @example categorical([[0, 100]], 2, { seed: 1 }) // [[1, 1]]
 */
export const categorical = exact(
  'random.categorical',
  3,
  function categorical(logits: Like, numSamples: number, options: DrawOptions = {}): Tensor {
    const { dtype, seed } = optionsOf('random.categorical', drawOptions, options);
    const x = asTensor(logits);
    if (x.shape.length !== 2)
      fail('random.categorical', `logits have shape ${showShape(x.shape)}`, 'give logits of shape [batch, classes]');
    return draw(
      x,
      drawKey('random.categorical', seed),
      sizeArgument('random.categorical', 'numSamples', numSamples),
      asDType(dtype ?? 'int32', 'random.categorical'),
    );
  },
);
