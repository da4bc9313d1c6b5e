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

/** How a model is quantized: a mode, and what that leaves open. Objects of the classes that extend it are given to `quantize`. */
export abstract class QuantizationConfig<S extends Fields = {}> {
  static readonly className: string = 'QuantizationConfig';
  static readonly fields: Fields = {};
  /** The options as resolved. */
  readonly config: Resolved<S>;
  /** What weights are quantized with; null for what the mode takes. */
  declare readonly weightQuantizer: AnyQuantizer | null;
  /** What inputs are quantized with; null leaves them floats. */
  declare readonly activationQuantizer: AnyQuantizer | null;

  constructor(options: Options<S> = {} as Options<S>, ...surplus: undefined[]) {
    refuseBeside(new.target.name, surplus);
    [this.config] = partOptions<S, {}>(this, options, []);
    exposeOptions(this, { weightQuantizer: null, activationQuantizer: null, ...this.config });
  }
  /** How weights are quantized. */
  abstract get mode(): QuantizationMode;

  get className(): string {
    return classNameOf(this);
  }
  getConfig(): Config {
    return optionsToConfig(fieldsOf(this), this.config);
  }
  static fromConfig<T>(this: new (options: any) => T, config: Config): T {
    return makeFromConfig(this, config);
  }

  static {
    exactMethods<QuantizationConfig>(this);
  }
}
/** How a model is quantized, in any mode. */
export type AnyQuantizationConfig = QuantizationConfig<any>;
