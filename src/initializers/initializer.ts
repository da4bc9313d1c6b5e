import { invoke } from '../base/callable.ts';
import { floatx } from '../base/config.ts';
import { asDType, type DType } from '../base/dtype.ts';
import { exactMethods } from '../base/exact.ts';
import type { Fields } from '../base/field/field.ts';
import { type OptionNames, optionsOf, refuseSurplus } from '../base/options.ts';
import { Configured } from '../base/registry/configured.ts';
import { remake } from '../base/registry/serialize.ts';
import type { Shape } from '../base/shape.ts';
import type { Tensor } from '../ir/tensor.ts';
import { isRepeatable } from '../tensor/variable.ts';

/** Options of a call of an initializer. */
export interface InitializerCallOptions {
  /** Element type of the values; `config.floatx()` by default. */
  readonly dtype?: string | null | undefined;
}
const initializerCallOptions: OptionNames<InitializerCallOptions> = { dtype: true };

const repeatable = new Set<Initializer['values']>();
/** Says that `values` of a class gives the same for the same seed. */
export const repeats = (type: { readonly prototype: Initializer<any> }): unknown =>
  repeatable.add(type.prototype.values);

/**
 * Makes the initial value of a weight: `initializer(shape, { dtype })`. A class of your own extends this one, declares
 * `fields` (or writes constructor and `getConfig`) and says in `values` what it gives.
 * @see https://keras.io/api/layers/initializers/
 */
export abstract class Initializer<S extends Fields = {}> extends Configured<
  S,
  [shape: Shape, options?: InitializerCallOptions],
  Tensor
> {
  static override readonly className: string = 'Initializer';

  protected [invoke](shape: Shape, options: InitializerCallOptions = {}, ...surplus: unknown[]): Tensor {
    refuseSurplus(this.className, [shape, options, ...surplus], 2);
    const { dtype } = optionsOf(this.className, initializerCallOptions, options);
    return this.values(shape, dtype === undefined || dtype === null ? floatx() : asDType(dtype, this.className));
  }
  /** The values for a weight of this shape and dtype. */
  abstract values(shape: Shape, dtype: DType): Tensor;
  /** Whether it gives the same whenever it is asked; a class that extends one of the library's may do anything in its `values`. */
  get [isRepeatable](): boolean {
    return repeatable.has(this.values) && typeof ((this as { readonly seed?: unknown }).seed ?? 0) === 'number';
  }
  /** A new initializer with the same config; one without a seed draws another. */
  clone(): this {
    return remake(this);
  }

  static {
    exactMethods(this);
  }
}
