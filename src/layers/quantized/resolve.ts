import type { DTypePolicy } from '../../base/dtype-policy.ts';
import { policyAt } from '../../base/dtype-policy.ts';
import { fail } from '../../base/errors.ts';
import { show } from '../../base/options.ts';
import {
  AWQDTypePolicy,
  GPTQDTypePolicy,
  Int4DTypePolicy,
  isQuantizationMode,
  type QuantizationMode,
  quantizationModes,
} from '../../base/quantized-policies.ts';
import { Float8QuantizationConfig } from '../../quantizers/configs.ts';
import {
  type AnyQuantizationConfig,
  AWQConfig,
  GPTQConfig,
  Int4QuantizationConfig,
  Int8QuantizationConfig,
  QuantizationConfig,
} from '../../quantizers/index.ts';
import type { AnyLayer } from '../layer/layer.ts';
import type { QuantizationLike } from '../layer/quantization.ts';

/** The requested quantization, from a mode, a config, or both. */
export function resolveConfig(
  who: AnyLayer,
  mode: string | null | undefined,
  config: QuantizationLike | null | undefined,
): AnyQuantizationConfig {
  const known = (m: unknown): QuantizationMode =>
    isQuantizationMode(m)
      ? m
      : fail(
          who,
          `quantize: ${show(m)} is no mode`,
          `give one of ${quantizationModes.map((m) => `'${m}'`).join(', ')}`,
        );
  if (config === null || config === undefined) {
    if (mode === null || mode === undefined)
      fail(who, 'quantize needs a mode or a config', "model.quantize('int8'), or model.quantize(null, { config })");
    switch (known(mode)) {
      case 'int8':
        return new Int8QuantizationConfig();
      case 'int4':
        return new Int4QuantizationConfig();
      case 'float8':
        return new Float8QuantizationConfig();
      default:
        return fail(
          who,
          `'${mode}' needs to know what the model is calibrated with`,
          `model.quantize('${mode}', { config: new keras.quantizers.${mode === 'awq' ? 'AWQConfig' : 'GPTQConfig'}({ dataset, tokenizer }) })`,
        );
    }
  }
  if (!(config instanceof QuantizationConfig))
    fail(who, `quantize: config is ${show(config)}`, 'give an object of a class of keras.quantizers');
  if (mode !== null && mode !== undefined && known(mode) !== config.mode)
    fail(who, `quantize: the mode is '${mode}', that of its config '${config.mode}'`, 'leave the mode out');
  known(config.mode);
  return config;
}

/** The policy of a layer itself, where maps of policies know one by its path. */
export const ownPolicy = (layer: AnyLayer): DTypePolicy => layer.dtypePolicy[policyAt](layer.path);

/** How many inputs share a scale in weights of 4 bits; null for all. */
export function blockSizeOf(layer: AnyLayer, config: AnyQuantizationConfig | null): number | null {
  if (config instanceof Int4QuantizationConfig) return config.blockSize === -1 ? null : config.blockSize;
  const policy = ownPolicy(layer);
  return policy instanceof Int4DTypePolicy && policy.blockSize !== -1 ? policy.blockSize : null;
}
/** Bits and group sizes for weights that are calibrated with data. */
export function calibrationOf(
  layer: AnyLayer,
  config: AnyQuantizationConfig | null,
): { readonly weightBits: number; readonly groupSize: number } {
  if (config instanceof GPTQConfig || config instanceof AWQConfig) return config.config;
  const policy = ownPolicy(layer);
  if (policy instanceof GPTQDTypePolicy || policy instanceof AWQDTypePolicy) return policy;
  return fail(
    layer,
    `its policy "${policy.name}" says nothing of bits and groups`,
    "give one such as 'gptq/4/128_from_float32'",
  );
}
/** The name of the policy that a layer has once it is quantized. */
export function policyNameOf(layer: AnyLayer, config: AnyQuantizationConfig): string {
  const mode =
    config instanceof GPTQConfig || config instanceof AWQConfig
      ? config.dtypePolicyString()
      : config.mode === 'int4'
        ? `int4/${blockSizeOf(layer, config) ?? -1}`
        : config.mode;
  return `${mode}_from_${ownPolicy(layer).name}`;
}
