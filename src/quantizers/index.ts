import { exact } from '../base/exact.ts';
import { identifierOf } from '../base/registry/identify.ts';
import { type CustomObjects, serializeObject } from '../base/registry/serialize.ts';
import { AWQConfig, GPTQConfig } from './calibrated-configs.ts';
import type { AnyQuantizationConfig, AnyQuantizer } from './config.ts';
import { Float8QuantizationConfig, Int4QuantizationConfig, Int8QuantizationConfig } from './configs.ts';
import { AbsMaxQuantizer } from './quantizer.ts';

export { type AbsMaxQuantizeOptions, absMaxQuantize, absMaxQuantizeGroupedWithZeroPoint } from './abs-max.ts';
export { AWQConfig, GPTQConfig, type LayerStructure, type Tokenizer } from './calibrated-configs.ts';
export { type AnyQuantizationConfig, QuantizationConfig } from './config.ts';
export { Float8QuantizationConfig, Int4QuantizationConfig, Int8QuantizationConfig } from './configs.ts';
export { type FakeQuantOptions, fakeQuantWithMinMaxVars } from './fake-quant.ts';
export {
  computeFloat8AmaxHistory,
  computeFloat8Scale,
  type Float8,
  type Float8ScaleOptions,
  quantizeAndDequantize,
} from './float8.ts';
export { type Int4Options, packInt4, unpackInt4 } from './int4.ts';
export { AbsMaxQuantizer, type QuantizeOptions, Quantizer } from './quantizer.ts';

/** A quantizer, or a config for quantizing a model. */
type Known = AnyQuantizer | AnyQuantizationConfig;
/** Anything that identifies one: a name, a config, a class, or an object. */
export type QuantizerLike = string | Known | object | null;

const identify = identifierOf<Known>({
  kind: 'quantizer',
  module: 'keras.quantizers',
  classes: [
    AbsMaxQuantizer,
    Int8QuantizationConfig,
    Int4QuantizationConfig,
    Float8QuantizationConfig,
    GPTQConfig,
    AWQConfig,
  ],
});
/**
 * Resolves an identifier to a quantizer or quantization config; null for null.
 * @example keras.quantizers.get('abs_max_quantizer')?.className // 'AbsMaxQuantizer'
 */
export const get = exact(
  'quantizers.get',
  2,
  (identifier: QuantizerLike | undefined, customObjects?: CustomObjects): Known | null =>
    identify(identifier, customObjects) as Known | null,
);
/** The quantizer as files hold it. */
export const serialize = exact('quantizers.serialize', 1, (quantizer: unknown): unknown => serializeObject(quantizer));
/** The quantizer that a config describes. */
export const deserialize = exact(
  'quantizers.deserialize',
  2,
  (config: object, customObjects?: CustomObjects): Known | null => get(config, customObjects),
);
