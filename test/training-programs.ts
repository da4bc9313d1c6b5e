import { gradients } from '../src/autodiff/gradients.ts';
import type { TypedArray } from '../src/base/dtype.ts';
import { sizeOf } from '../src/base/shape.ts';
import { makeProgram, type Program } from '../src/ir/program.ts';
import { Tensor } from '../src/ir/tensor.ts';
import * as p from '../src/primitives/index.ts';

// Training steps of small models, as tests compile them.

const input = (...shape: number[]): Tensor => new Tensor({ shape, dtype: 'float32' });
const like = (x: Tensor, value: number): Tensor => p.full({ shape: x.shape, dtype: x.dtype, value });
const spread = (x: Tensor, to: Tensor, axes: number[]): Tensor => p.broadcast(x, { shape: to.shape, axes });
const scale = (x: Tensor, by: number): Tensor => p.mul(x, like(x, by));
function mean(x: Tensor, axes: number[]): Tensor {
  const sum = p.reduceSum(x, { axes });
  return p.div(sum, like(sum, sizeOf(axes.map((d) => x.shape[d]!))));
}
const matmul = (x: Tensor, w: Tensor): Tensor =>
  p.dot(x, w, { batch: [[], []], contract: [[x.shape.length - 1], [0]] });
const addBias = (x: Tensor, b: Tensor): Tensor => p.add(x, spread(b, x, [x.shape.length - 1]));

/** One step of Adam on `loss`, variables updated in place. */
export function trainingStep(name: string, inputs: Tensor[], weights: Tensor[], loss: Tensor): Program {
  const found = gradients([loss], [like(loss, 1)], weights) as Tensor[];
  const step = new Tensor({ shape: [], dtype: 'int32' });
  const [m, v] = [weights.map((w) => input(...w.shape)), weights.map((w) => input(...w.shape))];
  const given = [...inputs, ...weights, step, ...m, ...v];
  const next = p.add(step, like(step, 1));
  const t = p.convert(next, { dtype: 'float32' });
  const rate = p.div(
    scale(p.sub(like(t, 1), p.pow(like(t, 0.999), t)), 0.001),
    p.sub(like(t, 1), p.pow(like(t, 0.9), t)),
  );
  const outputs = [loss, next];
  const donated = new Map([[1, given.indexOf(step)]]);
  const update = (value: Tensor, old: Tensor): void => {
    donated.set(outputs.length, given.indexOf(old));
    outputs.push(value);
  };
  weights.forEach((w, k) => {
    const g = found[k]!;
    const first = p.add(m[k]!, scale(p.sub(g, m[k]!), 0.1));
    const second = p.add(v[k]!, scale(p.sub(p.mul(g, g), v[k]!), 0.001));
    update(first, m[k]!);
    update(second, v[k]!);
    update(p.sub(w, p.div(p.mul(spread(rate, w, []), first), p.add(p.sqrt(second), like(g, 1e-3)))), w);
  });
  return makeProgram(name, given, outputs, donated);
}

/** Three dense layers and a cross-entropy. */
export function perceptron(): Program {
  const [x, y] = [input(16, 12), input(16, 10)];
  const weights: Tensor[] = [];
  let h = x;
  for (const n of [40, 24, 10]) {
    const [w, b] = [input(h.shape[1]!, n), input(n)];
    weights.push(w, b);
    h = addBias(matmul(h, w), b);
    if (n !== 10) h = p.max(h, like(h, 0));
  }
  const shifted = p.sub(h, spread(p.stopGradient(p.reduceMax(h, { axes: [1] })), h, [0]));
  const logs = p.sub(shifted, spread(p.log(p.reduceSum(p.exp(shifted), { axes: [1] })), h, [0]));
  return trainingStep('perceptron', [x, y], weights, p.neg(mean(p.reduceSum(p.mul(logs, y), { axes: [1] }), [0])));
}

/** Convolutions with batch normalisation and mish, on images of `side` by `side`. */
export function convolutional(batch = 8, side = 32, filters: readonly number[] = [8, 16]): Program {
  const x = input(batch, side, side, 1, 3);
  const weights: Tensor[] = [];
  let h = x;
  for (const channels of filters) {
    const [w, gamma, beta] = [input(1, 3, 3, h.shape[4]!, channels), input(channels), input(channels)];
    weights.push(w, gamma, beta);
    const attrs = {
      strides: [1, 1],
      dilation: [1, 1],
      inputDilation: [1, 1],
      padding: [
        [1, 1],
        [1, 1],
      ],
    } as const;
    const c = p.conv(h, w, attrs);
    const flat = p.reshape(c, { shape: [batch, side, side, channels] });
    const centered = p.sub(flat, spread(mean(flat, [0, 1, 2]), flat, [3]));
    const variance = mean(p.mul(centered, centered), [0, 1, 2]);
    const factor = p.mul(p.rsqrt(p.add(variance, like(variance, 1e-3))), gamma);
    const normal = addBias(p.mul(centered, spread(factor, flat, [3])), beta);
    const mish = p.mul(normal, p.tanh(p.log1p(p.exp(normal))));
    h = p.reshape(p.max(mish, scale(mish, 0.1)), { shape: c.shape });
  }
  return trainingStep('convolutional', [x], weights, mean(p.mul(h, h), [0, 1, 2, 3, 4]));
}

/** Attention and a block of dense layers, both normalised. */
export function transformer(): Program {
  const [batch, length, width, heads] = [2, 12, 16, 2];
  const size = width / heads;
  const x = input(batch, length, width);
  const weights: Tensor[] = [];
  const weight = (...shape: number[]): Tensor => {
    weights.push(input(...shape));
    return weights.at(-1)!;
  };
  const normalized = (z: Tensor): Tensor => {
    const centered = p.sub(z, spread(mean(z, [2]), z, [0, 1]));
    const variance = mean(p.mul(centered, centered), [2]);
    const unit = p.mul(centered, spread(p.rsqrt(p.add(variance, like(variance, 1e-6))), z, [0, 1]));
    return addBias(p.mul(unit, spread(weight(width), z, [2])), weight(width));
  };
  const n = normalized(x);
  const projection = (): Tensor => {
    const q = p.dot(n, weight(width, heads, size), { batch: [[], []], contract: [[2], [0]] });
    return p.add(q, spread(weight(heads, size), q, [2, 3]));
  };
  const [q, k, v] = [projection(), projection(), projection()];
  const scores = scale(
    p.dot(q, k, {
      batch: [
        [0, 2],
        [0, 2],
      ],
      contract: [[3], [3]],
    }),
    size ** -0.5,
  );
  const e = p.exp(p.sub(scores, spread(p.stopGradient(p.reduceMax(scores, { axes: [3] })), scores, [0, 1, 2])));
  const shares = p.div(e, spread(p.reduceSum(e, { axes: [3] }), e, [0, 1, 2]));
  const context = p.transpose(
    p.dot(shares, v, {
      batch: [
        [0, 1],
        [0, 2],
      ],
      contract: [[3], [1]],
    }),
    { perm: [0, 2, 1, 3] },
  );
  const attended = p.dot(context, weight(heads, size, width), {
    batch: [[], []],
    contract: [
      [2, 3],
      [0, 1],
    ],
  });
  const r = p.add(x, addBias(attended, weight(width)));
  const u = addBias(matmul(normalized(r), weight(width, 32)), weight(32));
  const gelu = p.mul(scale(u, 0.5), p.add(p.erf(scale(u, Math.SQRT1_2)), like(u, 1)));
  const y = p.add(r, addBias(matmul(gelu, weight(32, width)), weight(width)));
  return trainingStep('transformer', [x], weights, mean(p.mul(y, y), [0, 1, 2]));
}

/** Values for the inputs of a step. */
export const values = ({ inputs }: Program): TypedArray[] =>
  inputs.map(({ shape, dtype }, n) => {
    if (dtype === 'int32') return Int32Array.of(3);
    const positive = n >= inputs.length / 2;
    return Float32Array.from({ length: sizeOf(shape) }, (_, i) => (positive ? 0.3 : 0) + Math.sin(i * 1.7 + n) / 4);
  });
