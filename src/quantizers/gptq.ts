import * as ops from '../ops/index.ts';
import { jit, type Tensor } from '../tensor/index.ts';
import { dequantizeWithZeroPoint, quantizationParameters, quantizeWithZeroPoint } from './parameters.ts';

interface GPTQOptions {
  /** Bits of the integers. */
  readonly weightBits: number;
  /** Whether each output has scales of its own. */
  readonly perChannel: boolean;
  /** Whether the range is symmetric about zero. */
  readonly symmetric: boolean;
  /** How many inputs share a scale; -1 for all. */
  readonly groupSize: number;
  /** Damping: the fraction of the mean of the Hessian's diagonal that is added to the diagonal. */
  readonly hessianDamping: number;
  /** Whether to round inputs in order of decreasing importance. */
  readonly activationOrder: boolean;
}
interface Found {
  readonly whole: Tensor;
  readonly scale: Tensor;
  readonly zero: Tensor;
  readonly groups: Tensor;
}
/** Columns per block: errors are distributed within the block first, then to the columns behind it. */
const blockSize = 128;

/** The Hessian `2 · xᵀx`, accumulated from batches `(n, inputs)` as a mean over all rows. */
export function addToHessian(hessian: Tensor, seen: number, x: Tensor): Tensor {
  const total = seen + x.shape[0];
  const products = ops.matmul(ops.transpose(x), x);
  const even = ops.divide(ops.add(products, ops.transpose(products)), 2);
  return ops.add(ops.multiply(hessian, seen / total), ops.multiply(even, 2 / total));
}

/**
 * Rounds a matrix `(outputs, inputs)` one input at a time; the following inputs compensate for each error according to
 * the Hessian of the outputs (https://arxiv.org/abs/2210.17323).
 */
export function gptq(weights: Tensor, hessian: Tensor, options: GPTQOptions): Found {
  const { groupSize, activationOrder } = options;
  const inputs = weights.shape[1];
  const group = groupSize === -1 ? inputs : groupSize;
  const [inverse, metric] = invert(hessian, options.hessianDamping);
  const order = activationOrder ? byWeight(metric) : null;
  const along = (x: Tensor, axis: number): Tensor => (order ? ops.take(x, order, { axis }) : x);
  const round = jit((w: Tensor, h: Tensor) => roundInOrder(w, h, group, options));
  const [whole, scale, zero] = round(along(weights, 1), along(along(inverse, 0), 1));
  // As in Keras they keep fractions, which are truncated on use.
  const groups = ops.divide(ops.arange(inputs, { dtype: 'float32' }), group);
  if (!order) return { whole, scale, zero, groups };
  const back = ops.argsort(order);
  return { whole: ops.take(whole, back, { axis: 1 }), scale, zero, groups: ops.take(groups, back, { axis: 0 }) };
}

/** The inverse of a damped Hessian, and its diagonal. */
function invert(hessian: Tensor, damping: number): [inverse: Tensor, diagonal: Tensor] {
  const own = ops.diagonal(hessian);
  const alive = ops.where(ops.equal(own, 0), 1, own);
  const raised = ops.add(alive, ops.multiply(ops.mean(alive), damping));
  const matrix = ops.add(ops.subtract(hessian, ops.diag(own)), ops.diag(raised));
  return [ops.inv(matrix), raised];
}
/** Positions in order of decreasing weight; ties keep their order. */
function byWeight(metric: Tensor): Tensor {
  const count = metric.shape[0];
  const jitter = ops.multiply(ops.divide(ops.arange(count, { dtype: 'float32' }), count), 1e-12);
  return ops.argsort(ops.negative(ops.add(metric, jitter)));
}

function roundInOrder(weights: Tensor, inverse: Tensor, group: number, options: GPTQOptions): Tensor[] {
  const [outputs, inputs] = weights.shape;
  const columns = (x: Tensor, from: number, to: number): Tensor => ops.slice(x, [0, from], [outputs, to - from]);
  const scales: Tensor[] = [];
  const zeros: Tensor[] = [];
  const whole: Tensor[] = [];
  let rest = weights;
  let greatest = 0;
  for (let from = 0; from < inputs; from += blockSize) {
    const to = Math.min(from + blockSize, inputs);
    const within = ops.slice(inverse, [from, from], [to - from, to - from]);
    let state: Tensor[] = [columns(rest, from, to), ops.zeros([outputs, to - from]), ops.zeros([outputs, to - from])];
    for (let begin = from; begin < to; ) {
      const first = Math.floor(begin / group) * group;
      if (first === begin) {
        const { weightBits: bits, perChannel, symmetric } = options;
        const part = columns(rest, first, Math.min(first + group, inputs));
        const found = quantizationParameters(part, { bits, perChannel, symmetric });
        scales.push(found.scale);
        zeros.push(found.zero);
        greatest = found.greatest;
      }
      const [scale, zero] = [scales[scales.length - 1], zeros[zeros.length - 1]];
      const end = Math.min(first + group, to);
      state = roundColumns(state, within, [begin - from, end - from], { scale, zero, greatest });
      begin = end;
    }
    whole.push(state[1]);
    if (to === inputs) break;
    const spread = ops.matmul(state[2], ops.slice(inverse, [from, to], [to - from, inputs - to]));
    rest = ops.concatenate([columns(rest, 0, to), ops.subtract(columns(rest, to, inputs), spread)], { axis: 1 });
  }
  return [whole, scales, zeros].map((parts) => ops.concatenate(parts, { axis: 1 }));
}

/** Rounds some columns of a block, one at a time. `state`: the block, its integers, its errors. */
function roundColumns(
  state: readonly Tensor[],
  inverse: Tensor,
  [begin, end]: readonly [number, number],
  { scale, zero, greatest }: { scale: Tensor; zero: Tensor; greatest: number },
): Tensor[] {
  const places = ops.reshape(ops.arange(inverse.shape[0]), [1, -1]);
  const step = (i: Tensor, [block, whole, errors]: readonly Tensor[]): Tensor[] => {
    const column = ops.expandDims(ops.take(block, i, { axis: 1 }), 1);
    const rounded = quantizeWithZeroPoint(column, scale, zero, greatest);
    const row = ops.reshape(ops.take(inverse, i, { axis: 0 }), [1, -1]);
    const influence = ops.take(row, i, { axis: 1 });
    const error = ops.divide(ops.subtract(column, dequantizeWithZeroPoint(rounded, scale, zero)), influence);
    const isHere = ops.equal(places, i);
    return [
      ops.where(ops.greater(places, i), ops.subtract(block, ops.multiply(error, row)), block),
      ops.where(isHere, rounded, whole),
      ops.where(isHere, error, errors),
    ];
  };
  return ops.foriLoop(begin, end, step, [...state]) as Tensor[];
}
