import { invoke } from '../base/callable.ts';
import { epsilon as defaultEpsilon } from '../base/config.ts';
import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type Field, type Fields, f, type Options, type Resolved } from '../base/field/field.ts';
import { type OptionNames, optionsOf, refuseSurplus } from '../base/options.ts';
import { Configured } from '../base/registry/configured.ts';
import type { Config } from '../base/registry/serialize.ts';
import { asTensor, type Like, type Tensor } from '../tensor/index.ts';
import { absMaxQuantize } from './abs-max.ts';

/** Options of the call of a quantizer. */
export interface QuantizeOptions {
  /** The axis, or axes, whose numbers share a scale. */
  readonly axis?: number | readonly number[] | null | undefined;
  /** In Keras, computes with NumPy; here the results are the same either way. */
  readonly toNumpy?: boolean | undefined;
}
const names: OptionNames<QuantizeOptions> = { axis: true, toNumpy: true };

/**
 * Converts floats to integers: `quantizer(x)` returns them and their scale, with `x ≈ quantized / scale`. Custom
 * quantizers extend this class and implement `quantize`.
 */
export abstract class Quantizer<S extends Fields = {}> extends Configured<
  S,
  [x: Like, options?: QuantizeOptions],
  [quantized: Tensor, scale: Tensor]
> {
  static override readonly className: string = 'Quantizer';
  /** Dtype of the integers. */
  abstract readonly outputDtype: string;
  /** The range of the integers. */
  abstract readonly valueRange: Pair;

  protected [invoke](x: Like, options: QuantizeOptions = {}, ...surplus: unknown[]): [Tensor, Tensor] {
    refuseSurplus(this.className, [x, options, ...surplus], 2);
    return this.quantize(asTensor(x), optionsOf(this.className, names, options));
  }
  /** The integers and their scale. */
  abstract quantize(x: Tensor, options: QuantizeOptions): [quantized: Tensor, scale: Tensor];
}

type Pair = readonly [low: number, high: number];
type Axes = number | readonly number[];
const pairField: Field<Pair, Pair, false> = f.custom<Pair, Pair>({
  expects: 'two numbers, the least and the greatest',
  check: (v): v is Pair => Array.isArray(v) && v.length === 2 && v.every(Number.isInteger) && v[0] < v[1],
  parse: ([low, high]) => [low, high],
  initial: [-127, 127],
});
const axesField: Field<Axes, readonly number[], true> = f.custom<Axes, readonly number[]>({
  expects: 'an axis, or an array of axes',
  check: (v): v is Axes => Number.isInteger(v) || (Array.isArray(v) && v.every(Number.isInteger)),
  parse: (v) => (typeof v === 'number' ? [v] : [...v]),
});
const epsilonField: Field<number | undefined, number, false> = f.custom<number | undefined, number>({
  expects: 'a number >= 0',
  check: (v): v is number | undefined => v === undefined || (typeof v === 'number' && v >= 0),
  parse: (v) => v ?? defaultEpsilon(),
  initial: undefined,
  isFloat: true,
});
const fields = {
  /** The axes along which numbers share a scale, unless a call specifies them; the last one if null. */
  axis: f.nullable(axesField),
  /** The range of the integers. */
  valueRange: pairField,
  /** Added to the largest magnitude to avoid infinite scales for zeros. */
  epsilon: epsilonField,
  /** Dtype of the integers. */
  outputDtype: f.string({ initial: 'int8' }),
};

export interface AbsMaxQuantizer extends Resolved<typeof fields> {}
/**
 * Maps the largest magnitude along an axis to the end of the range.
 * @example new keras.quantizers.AbsMaxQuantizer({ axis: 0 })([[1, 2], [-4, 1]])[1].shape // [1, 2]
 */
export class AbsMaxQuantizer extends Quantizer<typeof fields> {
  static override readonly className = 'AbsMaxQuantizer';
  static override readonly fields = fields;
  declare readonly outputDtype: string;
  declare readonly valueRange: Pair;

  constructor(options: Options<typeof fields> = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    const [low, high] = this.config.valueRange;
    if (this.config.outputDtype === 'int8' && (low < -128 || high > 127))
      fail('AbsMaxQuantizer', `valueRange [${low}, ${high}] does not fit into int8`, 'stay within [-128, 127]');
  }
  quantize(x: Tensor, options: QuantizeOptions): [quantized: Tensor, scale: Tensor] {
    const { axis, toNumpy } = optionsOf('AbsMaxQuantizer.quantize', names, options);
    const { valueRange, epsilon, outputDtype } = this.config;
    return absMaxQuantize(x, axis ?? this.config.axis ?? -1, { valueRange, dtype: outputDtype, epsilon, toNumpy });
  }
  override getConfig(): Config {
    const { axis, ...config } = super.getConfig();
    return axis === null ? config : { ...config, axis };
  }

  static {
    exactMethods<AbsMaxQuantizer>(this);
  }
}
