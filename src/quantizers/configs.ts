import { fail } from '../base/errors.ts';
import { exactMethods } from '../base/exact.ts';
import { type Field, f, type Options, type Resolved } from '../base/field/field.ts';
import type { Config } from '../base/registry/serialize.ts';
import { type AnyQuantizer, QuantizationConfig, quantizerField } from './config.ts';
import { AbsMaxQuantizer } from './quantizer.ts';

function requireInt8(who: string, quantizer: AnyQuantizer | null): void {
  if (quantizer && quantizer.outputDtype !== 'int8')
    fail(who, `its weightQuantizer gives ${quantizer.outputDtype}`, "give one with outputDtype 'int8'");
}

const int8Fields = {
  /** The quantizer of weights; null for one scale per channel. */
  weightQuantizer: quantizerField(null, () => null),
  /** The quantizer of inputs; null keeps them floats. By default each row has its own scale. */
  activationQuantizer: quantizerField('default', () => new AbsMaxQuantizer()),
};
export interface Int8QuantizationConfig extends Resolved<typeof int8Fields> {}
/** 8-bit weights, multiplied with inputs quantized to 8 bits. */
export class Int8QuantizationConfig extends QuantizationConfig<typeof int8Fields> {
  static override readonly className = 'Int8QuantizationConfig';
  static override readonly fields = int8Fields;
  declare readonly weightQuantizer: AnyQuantizer | null;
  declare readonly activationQuantizer: AnyQuantizer | null;

  constructor(options: Options<typeof int8Fields> = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    requireInt8('Int8QuantizationConfig', this.config.weightQuantizer);
  }
  get mode(): 'int8' {
    return 'int8';
  }
  static {
    exactMethods<Int8QuantizationConfig>(this);
  }
}

const blockField: Field<number | null, number | null, false> = f.custom<number | null, number | null>({
  expects: 'null, -1, or a whole number >= 1',
  check: (v): v is number | null => v === null || (Number.isInteger(v) && ((v as number) === -1 || (v as number) >= 1)),
  parse: (v) => v,
  initial: 128,
});
const int4Fields = {
  /** The quantizer of weights if each channel has one scale; null for the usual one. */
  weightQuantizer: quantizerField(null, () => null),
  /** The quantizer of inputs, which stay floats by default. */
  activationQuantizer: quantizerField('default', () => null),
  /** How many inputs share a scale and zero point; null or -1 for one scale per channel. */
  blockSize: blockField,
};
export interface Int4QuantizationConfig extends Resolved<typeof int4Fields> {}
/** 4-bit weights, two per byte; inputs stay floats by default. */
export class Int4QuantizationConfig extends QuantizationConfig<typeof int4Fields> {
  static override readonly className = 'Int4QuantizationConfig';
  static override readonly fields = int4Fields;
  declare readonly weightQuantizer: AnyQuantizer | null;
  declare readonly activationQuantizer: AnyQuantizer | null;

  constructor(options: Options<typeof int4Fields> = {}, ...surplus: undefined[]) {
    super(options, ...surplus);
    const { weightQuantizer, activationQuantizer, blockSize } = this.config;
    if (blockSize !== null && blockSize > 0 && (weightQuantizer || activationQuantizer))
      fail(
        'Int4QuantizationConfig',
        `quantizers of one's own do not go with blocks (blockSize ${blockSize})`,
        'give blockSize: null, or leave the quantizers out',
      );
    requireInt8('Int4QuantizationConfig', weightQuantizer);
    if (weightQuantizer && String(weightQuantizer.valueRange) !== '-8,7')
      fail(
        'Int4QuantizationConfig',
        `its weightQuantizer has the range [${String(weightQuantizer.valueRange)}]`,
        'give one with valueRange [-8, 7]',
      );
  }
  get mode(): 'int4' {
    return 'int4';
  }
  /** Files from before blocks existed lack the key: they have one scale per channel. */
  static override fromConfig<T>(this: new (options: any) => T, config: Config): T {
    return super.fromConfig.call(this, { block_size: null, ...config }) as T;
  }
  static {
    exactMethods<Int4QuantizationConfig>(this);
  }
}

/** Products in 8-bit floats during training; the weights themselves stay unchanged. */
export class Float8QuantizationConfig extends QuantizationConfig {
  static override readonly className = 'Float8QuantizationConfig';
  get mode(): 'float8' {
    return 'float8';
  }
  static {
    exactMethods<Float8QuantizationConfig>(this);
  }
}
