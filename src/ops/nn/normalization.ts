import { epsilon as fuzz } from '../../base/config.ts';
import { fail } from '../../base/errors.ts';
import { type Shape, sameShape, showShape } from '../../base/shape.ts';
import type { Tensor } from '../../ir/tensor.ts';
import * as p from '../../primitives/elementwise.ts';
import { broadcast } from '../../primitives/movement.ts';
import { asTensor, type Like } from '../../tensor/like.ts';
import { type Axes, axesOf, axisOf } from '../axes.ts';
import { meanOver, varianceOver } from '../numpy/reduce.ts';
import { op } from '../op.ts';
import { cast, like, spreadTo } from '../operands.ts';
import { floatType, realType, resultType } from '../promotion.ts';

/** Spreads the statistics or weights of the given axes over a shape. */
function along(who: string, what: string, x: Tensor, axes: readonly number[], shape: Shape): Tensor {
  const expected = axes.map((d) => shape[d]);
  if (sameShape(x.shape, expected)) return broadcast(x, { shape, axes });
  if (x.shape.length === shape.length || x.shape.length === 0) return spreadTo(x, shape);
  return fail(
    who,
    `${what} has shape ${showShape(x.shape)}, the normalised axes ${showShape(expected)}`,
    `give ${what} the shape ${showShape(expected)}`,
  );
}

/** Mean and variance over axes. @example moments([1, 3], 0) // [2, 1] */
export const moments = op(
  'moments',
  (
    x: Tensor,
    axes: Axes,
    {
      keepdims = false,
    }: {
      /** Whether reduced axes stay, with size 1; false by default. */
      readonly keepdims?: boolean;
      /** Has no effect: each process computes its own moments. */
      readonly synchronized?: boolean;
    } = {},
  ) => {
    const dtype = floatType(x.dtype);
    const options = { axis: axes, keepdims };
    const variance = varianceOver('moments', x, options);
    return [cast(meanOver('moments', x, options), dtype), cast(variance, realType(x.dtype))] as [Tensor, Tensor];
  },
  ['tensor'],
  { keepdims: true, synchronized: true },
);

export interface BatchNormalizationOptions {
  /** Added to the result; nothing by default. */
  readonly offset?: Like | null | undefined;
  /** Factor of the result; 1 by default. */
  readonly scale?: Like | null | undefined;
  /** Added to the variance; 0.001 by default. */
  readonly epsilon?: number | undefined;
}
/** `(x - mean) / sqrt(variance + epsilon) · scale + offset`, the vectors lying along `axis`. @example batchNormalization([[1], [3]], [2], [1], -1, { epsilon: 0 }) // [[-1], [1]] */
export const batchNormalization = op(
  ['batchNormalization', 'BatchNorm'],
  (
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    axis: number,
    { offset, scale, epsilon = 1e-3 }: BatchNormalizationOptions = {},
  ) => {
    const d = axisOf('batchNormalization', axis, x.shape.length);
    const given = [scale, offset].flatMap((v) => (v === undefined || v === null ? [] : [asTensor(v).dtype]));
    const dtype = resultType(x.dtype, mean.dtype, floatType(variance.dtype), ...given);
    const vector = (v: Like, what: string): Tensor => {
      const t = cast(asTensor(v), dtype);
      if (t.shape.length !== 1 || t.shape[0] !== x.shape[d])
        fail(
          'batchNormalization',
          `${what} has shape ${showShape(t.shape)}, axis ${axis} of shape ${showShape(x.shape)} has size ${x.shape[d]}`,
          `give ${what} one element for each`,
        );
      return t;
    };
    const v = vector(variance, 'variance');
    // Everything that depends only on the channel is computed once per channel.
    const inverse = p.rsqrt(p.add(v, like(v, epsilon)));
    const factor = scale === undefined || scale === null ? inverse : p.mul(inverse, vector(scale, 'scale'));
    const moved = p.neg(p.mul(vector(mean, 'mean'), factor));
    const shift = offset === undefined || offset === null ? moved : p.add(moved, vector(offset, 'offset'));
    const spread = (t: Tensor): Tensor => broadcast(t, { shape: x.shape, axes: [d] });
    return p.add(p.mul(cast(x, dtype), spread(factor)), spread(shift));
  },
  ['tensor', 'tensor', 'tensor'],
  { offset: true, scale: true, epsilon: true },
);

export interface LayerNormalizationOptions {
  /** Factor of the result; 1 by default. */
  readonly gamma?: Like | null | undefined;
  /** Added to the result; nothing by default. */
  readonly beta?: Like | null | undefined;
  /** Axes that are normalised; the last by default. */
  readonly axis?: number | readonly number[] | undefined;
  /** Added to the variance; 1e-7 by default. */
  readonly epsilon?: number | null | undefined;
  /** Only divides by the standard deviation: the mean stays, and `beta` is not added. */
  readonly rmsScaling?: boolean | undefined;
}
const compute = (x: Tensor): Tensor => cast(x, x.dtype === 'float64' ? 'float64' : 'float32');
/** `(x - mean) / sqrt(variance + epsilon) · gamma + beta` over axes of each example. @example layerNormalization([1, 3], { epsilon: 0 }) // [-1, 1] */
export const layerNormalization = op(
  ['layerNormalization', 'LayerNorm'],
  (x: Tensor, { gamma, beta, axis = -1, epsilon, rmsScaling = false }: LayerNormalizationOptions = {}) => {
    const axes = axesOf('layerNormalization', axis, x.shape.length);
    const y = compute(x);
    const mean = meanOver('layerNormalization', y, { axis: axes, keepdims: true });
    const centred = p.sub(y, spreadTo(mean, y.shape));
    const variance = meanOver('layerNormalization', p.mul(centred, centred), { axis: axes, keepdims: true });
    const inverse = p.rsqrt(p.add(variance, like(variance, epsilon ?? fuzz())));
    let out = p.mul(rmsScaling ? y : centred, spreadTo(inverse, y.shape));
    const weight = (w: Like, what: string): Tensor =>
      along('layerNormalization', what, cast(asTensor(w), y.dtype), axes, y.shape);
    if (gamma !== undefined && gamma !== null) out = p.mul(out, weight(gamma, 'gamma'));
    if (beta !== undefined && beta !== null && !rmsScaling) out = p.add(out, weight(beta, 'beta'));
    return cast(out, x.dtype);
  },
  ['tensor'],
  { gamma: true, beta: true, axis: true, epsilon: true, rmsScaling: true },
);
export interface RmsNormalizationOptions {
  /** Factor of the result; 1 by default. */
  readonly scale?: Like | null | undefined;
  /** Axes that are normalised; the last by default. */
  readonly axis?: number | readonly number[] | undefined;
  /** Added to the mean square; 1e-7 by default. */
  readonly epsilon?: number | null | undefined;
}
/** `x / sqrt(mean(x²) + epsilon) · scale` over axes of each example. @example rmsNormalization([3, 3]) // [1, 1] */
export const rmsNormalization = op(
  ['rmsNormalization', 'RMSNorm'],
  (x: Tensor, { scale, axis = -1, epsilon }: RmsNormalizationOptions = {}) => {
    const axes = axesOf('rmsNormalization', axis, x.shape.length);
    const y = compute(x);
    const mean = meanOver('rmsNormalization', p.mul(y, y), { axis: axes, keepdims: true });
    const inverse = p.rsqrt(p.add(mean, like(mean, epsilon ?? fuzz())));
    const out = p.mul(y, spreadTo(inverse, y.shape));
    const scaled =
      scale === undefined || scale === null ? out : p.mul(out, spreadTo(cast(asTensor(scale), y.dtype), y.shape));
    return cast(scaled, x.dtype);
  },
  ['tensor'],
  { scale: true, axis: true, epsilon: true },
);
