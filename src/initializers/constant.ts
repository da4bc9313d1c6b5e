import type { DType } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { f, type Resolved } from '../base/field/field.ts';
import type { Config } from '../base/registry/serialize.ts';
import { type Shape, showShape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { madeAtOnce } from '../ops/at-once.ts';
import * as ops from '../ops/index.ts';
import { Initializer, repeats } from './initializer.ts';

const constantFields = {
  /** The number, or nested numbers, that fill the weight. */
  value: f.any(0),
};
/** The same value everywhere. */
export class Constant extends Initializer<typeof constantFields> {
  static override readonly className = 'Constant';
  static override readonly fields = constantFields;
  values(shape: Shape, dtype: DType): Tensor {
    return ops.broadcastTo(ops.cast(this.config.value as number, dtype), shape);
  }
  static override fromConfig<T>(this: new (options: any) => T, config: Config): T {
    if (!('value' in config)) fail('Constant', 'the config names no value', 'give one: { value: 0 }');
    return new this(config);
  }
}
export interface Constant extends Resolved<typeof constantFields> {}

/** Zeros everywhere. */
export class Zeros extends Initializer {
  static override readonly className = 'Zeros';
  values(shape: Shape, dtype: DType): Tensor {
    return madeAtOnce(shape, dtype, 0);
  }
  static {
    repeats(this);
  }
}
/** Ones everywhere. */
export class Ones extends Initializer {
  static override readonly className = 'Ones';
  values(shape: Shape, dtype: DType): Tensor {
    return madeAtOnce(shape, dtype, 1);
  }
  static {
    repeats(this);
  }
}

const identityFields = {
  /** Value of the diagonal. */
  gain: f.number({ initial: 1 }),
};
/** A matrix with `gain` along its diagonal and zeros elsewhere. */
export class Identity extends Initializer<typeof identityFields> {
  static override readonly className = 'Identity';
  static override readonly fields = identityFields;
  values(shape: Shape, dtype: DType): Tensor {
    if (shape.length !== 2)
      fail('Identity', `it makes matrices, not shape ${showShape(shape)}`, 'use it for weights of two axes');
    return ops.multiply(ops.eye(shape[0], { M: shape[1], dtype }), this.config.gain);
  }
  /** Keras does not write the gain. */
  override getConfig(): Config {
    return {};
  }
}
export interface Identity extends Resolved<typeof identityFields> {}
