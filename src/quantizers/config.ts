import { exactMethods } from '../base/exact.ts';
import { exposeOptions } from '../base/exposed.ts';
import { optionsToConfig } from '../base/field/disk.ts';
import { type Field, type Fields, f, type Options, type Resolved } from '../base/field/field.ts';
import { refuseBeside } from '../base/options.ts';
import type { QuantizationMode } from '../base/quantized-policies.ts';
import { classNameOf, fieldsOf, makeFromConfig, partOptions } from '../base/registry/configured.ts';
import { type Config, deserializeObject, isSerializedObject, serializeObject } from '../base/registry/serialize.ts';
import { Quantizer } from './quantizer.ts';

export type AnyQuantizer = Quantizer<any>;
type Given = AnyQuantizer | 'default' | Config | null;

/** An option that takes a quantizer, null, or `'default'`, for which `usual` makes one. */
export const quantizerField = (
  initial: 'default' | null,
  usual: () => AnyQuantizer | null,
): Field<Given, AnyQuantizer | null, false> =>
  f.custom<Given, AnyQuantizer | null>({
    expects: 'a quantizer, its config, or null',
    check: (v): v is Given => v === null || v === initial || v instanceof Quantizer || isSerializedObject(v),
    parse: (v) =>
      v === 'default'
        ? usual()
        : v === null || v instanceof Quantizer
          ? v
          : (deserializeObject(v) as AnyQuantizer | null),
    toDisk: serializeObject,
    initial,
  });

/** How to quantize a model: a mode and its options. Base class of the configs for `quantize`. */
export abstract class QuantizationConfig<S extends Fields = {}> {
  static readonly className: string = 'QuantizationConfig';
  static readonly fields: Fields = {};
  /** The options as resolved. */
  readonly config: Resolved<S>;
  /** The quantizer of weights; null for the mode's own. */
  declare readonly weightQuantizer: AnyQuantizer | null;
  /** The quantizer of inputs; null keeps them floats. */
  declare readonly activationQuantizer: AnyQuantizer | null;

  constructor(options: Options<S> = {} as Options<S>, ...surplus: undefined[]) {
    refuseBeside(new.target.name, surplus);
    [this.config] = partOptions<S, {}>(this, options, []);
    exposeOptions(this, { weightQuantizer: null, activationQuantizer: null, ...this.config });
  }
  /** The quantizer of weights. */
  abstract get mode(): QuantizationMode;

  /** The name of its class, by which files refer to it. */
  get className(): string {
    return classNameOf(this);
  }
  /** The options as a config. */
  getConfig(): Config {
    return optionsToConfig(fieldsOf(this), this.config);
  }
  /** A quantization config from what `getConfig` returned. */
  static fromConfig<T>(this: new (options: any) => T, config: Config): T {
    return makeFromConfig(this, config);
  }

  static {
    exactMethods<QuantizationConfig>(this);
  }
}
/** How a model is quantized, in any mode. */
export type AnyQuantizationConfig = QuantizationConfig<any>;
