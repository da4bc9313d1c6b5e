import { fail, type Named } from '../../base/errors.ts';
import { f } from '../../base/field/field.ts';
import type { Shape } from '../../base/shape.ts';
import { isPlainObject } from '../../base/tree.ts';
import { add, clip, divide, maximum, multiply, sqrt, square, stopGradient, subtract } from '../../ops/index.ts';
import type { Tensor, Variable } from '../../tensor/index.ts';
import type { AnyLayer } from '../layer/layer.ts';
import { follow } from './moments.ts';

const clipKeys = ['rmax', 'rmin', 'dmax'] as const;
type Clipping = Readonly<Partial<Record<(typeof clipKeys)[number], number>>>;

export const renormFields = {
  /** Whether the batch's statistics are corrected towards moving ones (https://arxiv.org/abs/1702.03275). */
  renorm: f.bool(false),
  /** Bounds of the correction: `rmin <= r <= rmax`, `|d| <= dmax`. */
  renormClipping: f.nullable(
    f.custom<Clipping, Clipping>({
      expects: 'an object',
      check: (v): v is Clipping => isPlainObject(v),
      parse: (v) => v,
    }),
  ),
  /** Fraction of the statistics for the correction that each training step keeps. */
  renormMomentum: f.number({ initial: 0.99 }),
};

interface Renormalized extends Named, Pick<AnyLayer, 'addWeight'> {
  readonly renormClipping: Clipping | null;
  readonly renormMomentum: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly movingVariance: Variable;
}

/** The correction of batch renormalization: `r = σ / σ_moving`, `d = (μ - μ_moving) / σ_moving`, both taken as constants. */
export class Renormalization {
  movingStddev!: Variable;
  mean!: Variable;
  stddev!: Variable;

  constructor(layer: Renormalized) {
    const unknown = Object.keys(layer.renormClipping ?? {}).filter((k) => !clipKeys.includes(k as 'rmax'));
    if (unknown.length > 0)
      fail(
        layer.className,
        `option "renormClipping" has unknown keys: ${unknown.join(', ')}`,
        `use ${clipKeys.join(', ')}`,
      );
  }
  build(layer: Renormalized, shape: Shape): void {
    const make = (name: string, initializer: string): Variable =>
      layer.addWeight({ name, shape, initializer, trainable: false });
    this.movingStddev = make('moving_stddev', 'ones');
    this.mean = make('renorm_mean', 'zeros');
    this.stddev = make('renorm_stddev', 'ones');
  }
  /** Scale and offset with the correction in them; moves the moving statistics on. */
  correct(
    layer: Renormalized,
    mean: Tensor,
    variance: Tensor,
    scale: Tensor | null,
    offset: Tensor | null,
  ): [scale: Tensor, offset: Tensor] {
    const { rmin, rmax, dmax } = layer.renormClipping ?? {};
    const stddev = sqrt(add(variance, layer.epsilon));
    let r = divide(stddev, this.stddev);
    let d = divide(subtract(mean, this.mean), this.stddev);
    if (rmax !== undefined || rmin !== undefined) r = clip(r, rmin ?? -Infinity, rmax ?? Infinity);
    if (dmax !== undefined) d = clip(d, -dmax, dmax);
    [r, d] = [stopGradient(r), stopGradient(d)];
    follow(this.mean, mean, layer.renormMomentum);
    follow(this.stddev, stddev, layer.renormMomentum);
    follow(this.movingStddev, stddev, layer.momentum);
    layer.movingVariance.assign(maximum(subtract(square(this.movingStddev.value), layer.epsilon), 0));
    const factor = scale ? multiply(r, scale) : r;
    const shift = scale ? multiply(d, scale) : d;
    return [factor, offset ? add(shift, offset) : shift];
  }
}
