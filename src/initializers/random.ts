import type { DType } from '../base/dtype.ts';
import type { Exposed } from '../base/exposed.ts';
import { type Field, type Fields, f } from '../base/field/field.ts';
import { deserializeObject, isSerializedObject, serializeObject } from '../base/registry/serialize.ts';
import type { Shape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { defaultSeed } from '../random/global-seed.ts';
import { normal, SeedGenerator, truncatedNormal, uniform } from '../random/index.ts';
import { Initializer, repeats } from './initializer.ts';

type GivenSeed = number | SeedGenerator | null;
/** An integer (the same values at each call), a `SeedGenerator` (new values), or null (a seed is drawn once). */
export const seedField: Field<GivenSeed, GivenSeed, false> = f.custom<GivenSeed, GivenSeed>({
  expects: 'an integer, a SeedGenerator or null',
  check: (v): v is GivenSeed =>
    v === null || Number.isInteger(v) || v instanceof SeedGenerator || isSerializedObject(v),
  parse: (v) => (isSerializedObject(v) ? (deserializeObject(v) as SeedGenerator) : v),
  toDisk: serializeObject,
  initial: null,
});

/** An initializer that draws: its seed is chosen when it is made. */
export abstract class RandomInitializer<
  S extends Fields & { readonly seed: Field<GivenSeed, GivenSeed, false> },
> extends Initializer<S> {
  readonly seed: number | SeedGenerator = (this.config as { seed: GivenSeed }).seed ?? defaultSeed();
}

/** Options that can be read from an initializer that draws; its seed is the one in use. */
export type RandomAttributes<S extends Fields> = Exposed<S, 'seed'>;

const normalFields = {
  /** Seed of the numbers: the same seed draws the same values. By default one is drawn. */
  seed: seedField,
  /** Mean of the distribution; 0 by default. */
  mean: f.number({ initial: 0 }),
  /** Standard deviation of the distribution; 0.05 by default. */
  stddev: f.number({ initial: 0.05 }),
};
/** Numbers with a normal distribution. */
export class RandomNormal extends RandomInitializer<typeof normalFields> {
  static override readonly className = 'RandomNormal';
  static override readonly fields = normalFields;
  values(shape: Shape, dtype: DType): Tensor {
    const { mean, stddev } = this.config;
    return normal(shape, { mean, stddev, dtype, seed: this.seed });
  }
  static {
    repeats(this);
  }
}
export interface RandomNormal extends RandomAttributes<typeof normalFields> {}
/** Numbers with a normal distribution cut at two standard deviations. */
export class TruncatedNormal extends RandomInitializer<typeof normalFields> {
  static override readonly className = 'TruncatedNormal';
  static override readonly fields = normalFields;
  values(shape: Shape, dtype: DType): Tensor {
    const { mean, stddev } = this.config;
    return truncatedNormal(shape, { mean, stddev, dtype, seed: this.seed });
  }
  static {
    repeats(this);
  }
}
export interface TruncatedNormal extends RandomAttributes<typeof normalFields> {}

const uniformFields = {
  /** Seed of the numbers: the same seed draws the same values. By default one is drawn. */
  seed: seedField,
  /** Lower end of the range; -0.05 by default. */
  minval: f.number({ initial: -0.05 }),
  /** Upper end of the range, which is not drawn; 0.05 by default. */
  maxval: f.number({ initial: 0.05 }),
};
/** Numbers evenly distributed over [minval, maxval). */
export class RandomUniform extends RandomInitializer<typeof uniformFields> {
  static override readonly className = 'RandomUniform';
  static override readonly fields = uniformFields;
  values(shape: Shape, dtype: DType): Tensor {
    const { minval, maxval } = this.config;
    return uniform(shape, { minval, maxval, dtype, seed: this.seed });
  }
  static {
    repeats(this);
  }
}
export interface RandomUniform extends RandomAttributes<typeof uniformFields> {}
