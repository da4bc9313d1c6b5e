import type { DType } from '../src/base/dtype.ts';
import { makeProgram, type Program } from '../src/ir/program.ts';
import { Tensor } from '../src/ir/tensor.ts';
import * as p from '../src/primitives/index.ts';
import { convolutional, perceptron, transformer } from './training-programs.ts';

// Programs whose kernels are looked at: their texts are kept as test data, and docs/compiler.md follows two of them.

const input = (shape: readonly number[], dtype: DType = 'float32'): Tensor => new Tensor({ shape, dtype });
const like = (x: Tensor, value: number): Tensor => p.full({ shape: x.shape, dtype: x.dtype, value });
const spread = (x: Tensor, to: Tensor, axes: number[]): Tensor => p.broadcast(x, { shape: to.shape, axes });
const matmul = (x: Tensor, w: Tensor): Tensor => p.dot(x, w, { batch: [[], []], contract: [[1], [0]] });

export function softmax(rows = 64, columns = 100, dtype: DType = 'float32'): Program {
  const x = input([rows, columns], dtype);
  const e = p.exp(p.sub(x, spread(p.reduceMax(x, { axes: [1] }), x, [0])));
  return makeProgram('softmax', [x], [p.div(e, spread(p.reduceSum(e, { axes: [1] }), e, [0]))]);
}

/** A convolution, its bias, and relu. */
export function convolution(): Program {
  const [x, w, b] = [input([2, 14, 14, 1, 8]), input([1, 3, 3, 8, 16]), input([16])];
  const y = p.conv(x, w, {
    strides: [1, 1],
    dilation: [1, 1],
    inputDilation: [1, 1],
    padding: [
      [1, 1],
      [1, 1],
    ],
  });
  const biased = p.add(y, spread(b, y, [4]));
  return makeProgram('convolution', [x, w, b], [p.max(biased, like(biased, 0))]);
}

/** Sums of columns, of rows, and largest elements. */
function reductions(): Program {
  const x = input([300, 70]);
  return makeProgram(
    'reductions',
    [x],
    [
      p.reduceSum(x, { axes: [0] }),
      p.reduceSum(p.mul(x, x), { axes: [1] }),
      p.reduceMax(x, { axes: [0, 1] }),
      p.reduceMin(x, { axes: [1] }),
    ],
  );
}

function gathered(): Program {
  const [x, at] = [input([50, 24]), input([40], 'int32')];
  const rows = p.gather(x, [at], { batch: 0, axes: [0], mode: 'clamp', fill: 0 });
  return makeProgram('gather', [x, at], [p.mul(rows, rows), p.transpose(x, { perm: [1, 0] })]);
}

/** A step of an LSTM: four gates of one product each way. */
function lstmStep(): Program {
  const [batch, units, features] = [16, 24, 20];
  const [x, h, c] = [input([batch, features]), input([batch, units]), input([batch, units])];
  const [w, u, b] = [input([features, 4 * units]), input([units, 4 * units]), input([4 * units])];
  const product = p.add(matmul(x, w), matmul(h, u));
  const gates = p.add(product, spread(b, product, [1]));
  const [i, f, g, o] = [0, 1, 2, 3].map((k) =>
    p.slice(gates, { starts: [0, k * units], stops: [batch, (k + 1) * units], strides: [1, 1] }),
  ) as [Tensor, Tensor, Tensor, Tensor];
  const next = p.add(p.mul(p.logistic(f), c), p.mul(p.logistic(i), p.tanh(g)));
  return makeProgram('lstm', [x, h, c, w, u, b], [next, p.mul(p.logistic(o), p.tanh(next))]);
}

/** Integer and truth values, double precision, and functions that are called. */
function mixed(): Program {
  const [i, x, d] = [input([90], 'int32'), input([90]), input([30], 'float64')];
  const odd = p.eq(p.rem(i, like(i, 2)), like(i, 0));
  return makeProgram(
    'mixed',
    [i, x, d],
    [p.select(odd, p.sin(x), p.pow(x, like(x, 1.5))), p.add(p.mul(d, d), like(d, 1)), p.convert(i, { dtype: 'int8' })],
  );
}

/** All of them, by name. */
export const kernelPrograms: Readonly<Record<string, () => Program>> = {
  softmax,
  convolution,
  reductions,
  gather: gathered,
  lstm: lstmStep,
  bfloat16: () => softmax(16, 40, 'bfloat16'),
  float16: () => softmax(16, 40, 'float16'),
  mixed,
  perceptron,
  transformer,
  convolutional: () => convolutional(4, 12),
};
