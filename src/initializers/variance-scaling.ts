import type { DType } from '../base/dtype.ts';
import { f } from '../base/field/field.ts';
import { type Shape, sizeOf } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import type { SeedGenerator } from '../random/index.ts';
import { normal, truncatedNormal, uniform } from '../random/index.ts';
import { repeats } from './initializer.ts';
import { type RandomAttributes, RandomInitializer, seedField } from './random.ts';

type Axes = readonly number[] | null;
/** Numbers of inputs and outputs of a unit, for a weight of this shape: channels times the receptive field. */
function fans(shape: Shape, inputAxes: Axes, outputAxes: Axes): [fanIn: number, fanOut: number] {
  const product = (axes: readonly number[]): number => sizeOf(axes.map((d) => shape.at(d)!));
  if (inputAxes && outputAxes) return [product(inputAxes), product(outputAxes)];
  if (shape.length === 0) return [1, 1];
  if (shape.length === 1) return [shape[0], shape[0]];
  const field = sizeOf(shape.slice(0, -2));
  return [shape.at(-2)! * field, shape.at(-1)! * field];
}

interface Scaling {
  readonly scale: number;
  readonly mode: 'fan_in' | 'fan_out' | 'fan_avg';
  readonly distribution: 'truncated_normal' | 'untruncated_normal' | 'uniform';
  readonly inputAxes: Axes;
  readonly outputAxes: Axes;
  readonly seed: number | SeedGenerator;
}
// Standard deviation of a standard normal distribution cut at two.
const truncatedDeviation = 0.87962566103423978;

/** Numbers whose variance is `scale / fan`. */
function scaled(
  shape: Shape,
  dtype: DType,
  { scale, mode, distribution, inputAxes, outputAxes, seed }: Scaling,
): Tensor {
  const [fanIn, fanOut] = fans(shape, inputAxes, outputAxes);
  const fan = { fan_in: fanIn, fan_out: fanOut, fan_avg: (fanIn + fanOut) / 2 }[mode];
  const variance = scale / Math.max(1, fan);
  if (distribution === 'uniform') {
    const limit = Math.sqrt(3 * variance);
    return uniform(shape, { minval: -limit, maxval: limit, dtype, seed });
  }
  if (distribution === 'untruncated_normal') return normal(shape, { stddev: Math.sqrt(variance), dtype, seed });
  return truncatedNormal(shape, { stddev: Math.sqrt(variance) / truncatedDeviation, dtype, seed });
}

const axes = {
  /** Axes that count as inputs, if they are not the last but one and those of the window. */
  inputAxes: f.nullable(f.ints()),
  /** Axes that count as outputs. */
  outputAxes: f.nullable(f.ints()),
};
const scalingFields = {
  /** Seed of the numbers: the same seed draws the same values. By default one is drawn. */
  seed: seedField,
  /** The variance, times the fan. */
  scale: f.number({ initial: 1, min: Number.MIN_VALUE }),
  /** What the fan is: inputs, outputs or their mean. */
  mode: f.oneOf(['fan_in', 'fan_out', 'fan_avg'], 'fan_in'),
  /** Distribution that is drawn from; `'truncated_normal'` by default. */
  distribution: f.custom({
    expects: 'one of "truncated_normal", "untruncated_normal", "uniform"',
    check: (v): v is Scaling['distribution'] | 'normal' =>
      ['normal', 'truncated_normal', 'untruncated_normal', 'uniform'].includes(v as string),
    parse: (v): Scaling['distribution'] => (v === 'normal' ? 'truncated_normal' : v),
    initial: 'truncated_normal' as const,
  }),
  ...axes,
};
/** Numbers whose variance fits the number of inputs or outputs: `scale / fan`. */
export class VarianceScaling extends RandomInitializer<typeof scalingFields> {
  static override readonly className = 'VarianceScaling';
  static override readonly fields = scalingFields;
  values(shape: Shape, dtype: DType): Tensor {
    return scaled(shape, dtype, { ...this.config, seed: this.seed });
  }
  static {
    repeats(this);
  }
}
export interface VarianceScaling extends RandomAttributes<typeof scalingFields> {}

const fixedFields = {
  /** A number for the same values each time, or a `SeedGenerator`; by default each initializer draws its own seed. */
  seed: seedField,
  ...axes,
};
/** A variance scaling with a name for its combination of scale, mode and distribution. */
abstract class FixedScaling extends RandomInitializer<typeof fixedFields> {
  static override readonly fields = fixedFields;
  protected abstract readonly scaling: Pick<Scaling, 'scale' | 'mode' | 'distribution'>;
  /** The variance that outputs get, relative to that of inputs. */
  get scale(): number {
    return this.scaling.scale;
  }
  /** What the variance is divided by: the number of inputs, of outputs, or their mean. */
  get mode(): Scaling['mode'] {
    return this.scaling.mode;
  }
  /** The distribution that values are drawn from. */
  get distribution(): Scaling['distribution'] {
    return this.scaling.distribution;
  }
  values(shape: Shape, dtype: DType): Tensor {
    return scaled(shape, dtype, { ...this.scaling, ...this.config, seed: this.seed });
  }
  static {
    repeats(this);
  }
}
// biome-ignore lint/correctness/noUnusedVariables: merges with the class
interface FixedScaling extends RandomAttributes<typeof fixedFields> {}
/** Uniform within ±sqrt(6 / (fan in + fan out)) (Glorot and Bengio, 2010). */
export class GlorotUniform extends FixedScaling {
  static override readonly className = 'GlorotUniform';
  protected readonly scaling = { scale: 1, mode: 'fan_avg', distribution: 'uniform' } as const;
}
/** Truncated normal of variance 2 / (fan in + fan out) (Glorot and Bengio, 2010). */
export class GlorotNormal extends FixedScaling {
  static override readonly className = 'GlorotNormal';
  protected readonly scaling = { scale: 1, mode: 'fan_avg', distribution: 'truncated_normal' } as const;
}
/** Uniform within ±sqrt(6 / fan in) (He et al., 2015). */
export class HeUniform extends FixedScaling {
  static override readonly className = 'HeUniform';
  protected readonly scaling = { scale: 2, mode: 'fan_in', distribution: 'uniform' } as const;
}
/** Truncated normal of variance 2 / fan in (He et al., 2015). */
export class HeNormal extends FixedScaling {
  static override readonly className = 'HeNormal';
  protected readonly scaling = { scale: 2, mode: 'fan_in', distribution: 'truncated_normal' } as const;
}
/** Uniform within ±sqrt(3 / fan in) (LeCun et al., 1998). */
export class LecunUniform extends FixedScaling {
  static override readonly className = 'LecunUniform';
  protected readonly scaling = { scale: 1, mode: 'fan_in', distribution: 'uniform' } as const;
}
/** Truncated normal of variance 1 / fan in (LeCun et al., 1998). */
export class LecunNormal extends FixedScaling {
  static override readonly className = 'LecunNormal';
  protected readonly scaling = { scale: 1, mode: 'fan_in', distribution: 'truncated_normal' } as const;
}
