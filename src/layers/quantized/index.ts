import { asPolicy } from '../../base/dtype-policy.ts';
import { DTypePolicyMap } from '../../base/dtype-policy-map.ts';
import { fail } from '../../base/errors.ts';
import { type OptionNames, optionsOf } from '../../base/options.ts';
import { classNameOf } from '../../base/registry/configured.ts';
import { type AnyQuantizationConfig, AWQConfig, GPTQConfig, type LayerStructure } from '../../quantizers/index.ts';
import type { Variable } from '../../tensor/index.ts';
import { inner } from '../layer/inner.ts';
import type { AnyLayer } from '../layer/layer.ts';
import { loraOf } from '../layer/lora.ts';
import { provideQuantizing, type QuantizeModelOptions, type QuantizeOptions } from '../layer/quantization.ts';
import { flattenLayers, ownVariablesOf } from '../layer/tracking.ts';
import { calibrate } from './calibrate.ts';
import { calibratedProduct } from './calibrated-product.ts';
import { float8Product } from './float8-product.ts';
import { int4Product } from './int4-product.ts';
import { int8Product } from './int8-product.ts';
import { type Config, dropFrom, fill } from './kept.ts';
import { isProductLayer, productOf } from './product.ts';
import { blockSizeOf, calibrationOf, ownPolicy, policyNameOf, resolveConfig } from './resolve.ts';
import { isTable, quantizedTable } from './tables.ts';

const names: OptionNames<QuantizeOptions> = { config: true, typeCheck: true };
const modelNames: OptionNames<QuantizeModelOptions> = { ...names, filters: true };

/** Makes the variables of a layer in a mode; a weight that it has is taken over by `take`. */
function makeQuantized(layer: AnyLayer, mode: string, config: Config, shape: readonly number[]) {
  if (isTable(layer) && (mode === 'int8' || mode === 'int4')) {
    const { quantized, kept, take } = quantizedTable(layer, mode, config, blockSizeOf(layer, config));
    layer[inner].quantized = quantized;
    return { main: kept.main, take, calibrated: null };
  }
  if (isProductLayer(layer) && isCalibrated(mode)) {
    const made = calibratedProduct(productOf(layer, shape), mode, calibrationOf(layer, config));
    layer[inner].quantized = made.quantized;
    return { main: made.main, take: () => {}, calibrated: made.take };
  }
  if (isProductLayer(layer) && mode === 'float8') {
    layer[inner].quantized = float8Product(productOf(layer, shape));
    return { main: null, take: () => {}, calibrated: null };
  }
  if (isProductLayer(layer)) {
    const product = productOf(layer, shape);
    const made =
      mode === 'int8'
        ? int8Product(product, config)
        : mode === 'int4'
          ? int4Product(product, config, blockSizeOf(layer, config))
          : refuseMode(layer, mode);
    const weight = layer.kernel as Variable | undefined;
    layer[inner].quantized = made.quantized;
    const take = (): void => {
      if (!weight) return;
      fill(made.kept, weight.held);
      loraOf(weight)?.correctThe(made.kept.main);
      dropFrom(layer, weight);
      layer.kernel = made.kept.main;
    };
    return { main: made.kept.main, take, calibrated: null };
  }
  return refuseMode(layer, mode);
}
const isCalibrated = (mode: string): mode is 'gptq' | 'awq' => mode === 'gptq' || mode === 'awq';
const refuseMode = (layer: AnyLayer, mode: string): never =>
  fail(
    layer,
    `weights of a ${layer.className} are not quantized with mode '${mode}'`,
    isTable(layer) ? "give 'int8' or 'int4'" : 'quantize layers of the classes Dense, EinsumDense and Embedding',
  );

/** Whether a layer is one that the mode knows. */
function isQuantizable(layer: AnyLayer, mode: string, typeCheck: boolean): boolean {
  const isKnown = isProductLayer(layer) || (isTable(layer) && (mode === 'int8' || mode === 'int4'));
  return isKnown && (!typeCheck || classNameOf(layer) === knownName(layer));
}
/** The name that the class has among Keras's: subclasses have their own. */
const knownName = (layer: AnyLayer): string | undefined =>
  ['Dense', 'EinsumDense', 'Embedding', 'ReversibleEmbedding'].find((name) => layer.constructor.name === name);

function checkQuantizable(layer: AnyLayer, { mode }: AnyQuantizationConfig, typeCheck: boolean): void {
  if (!layer.built) fail(layer, 'quantize was called before the layer was built', 'build it or call it first');
  if (layer[inner].quantized)
    fail(layer, `it is quantized already, with the dtype policy "${layer.dtypePolicy.name}"`, 'quantize it once');
  if (mode === 'int8' && layer.computeDtype === 'float16')
    fail(layer, 'int8 with computation in float16 overflows', "load it with 'mixed_bfloat16' or 'float32'");
  if (isQuantizable(layer, mode, typeCheck)) return;
  if (typeCheck && isQuantizable(layer, mode, false))
    fail(
      layer,
      `its class ${layer.className} extends one that can be quantized, and may use weights otherwise`,
      'pass { typeCheck: false } if it does not',
    );
  refuseMode(layer, mode);
}

function quantizeLayer(layer: AnyLayer, mode: string | null | undefined, options: QuantizeOptions): void {
  const { config, typeCheck = true } = optionsOf(layer, names, options);
  const resolved = resolveConfig(layer, mode, config);
  if (isCalibrated(resolved.mode))
    fail(
      layer,
      `mode '${resolved.mode}' is calibrated with a model's data`,
      "call the model's quantize, not the layer's",
    );
  quantizeBy(layer, resolved, typeCheck, ({ take }) => take());
}
type Made = ReturnType<typeof makeQuantized>;
function quantizeBy(
  layer: AnyLayer,
  config: AnyQuantizationConfig,
  typeCheck: boolean,
  take: (made: Made) => void,
): void {
  checkQuantizable(layer, config, typeCheck);
  const state = layer[inner];
  const weight = isTable(layer) ? layer.embeddings : (layer as { kernel?: Variable }).kernel;
  const name = ownPolicy(layer).quantizationMode === null ? policyNameOf(layer, config) : null;
  take(makeQuantized(layer, config.mode, config, weight?.shape ?? []));
  state.options = { ...state.options, quantizationConfig: config };
  if (name === null) return;
  const { policy } = state;
  if (policy instanceof DTypePolicyMap) policy.set(layer.path, name);
  else state.policy = asPolicy(name);
}

function quantizeModel(model: AnyLayer, mode: string | null | undefined, options: QuantizeModelOptions): void {
  const { config, typeCheck = true, filters } = optionsOf(model, modelNames, options);
  const resolved = resolveConfig(model, mode, config);
  const isWanted = wanted(model, filters);
  if (resolved instanceof GPTQConfig || resolved instanceof AWQConfig) {
    const { quantizationLayerStructure: given } = resolved.config;
    const { getQuantizationLayerStructure: own } = model as Partial<Structured>;
    const isKnown = (layer: AnyLayer): boolean =>
      isWanted(layer) && isQuantizable(layer, resolved.mode, typeCheck) && flattenLayers(layer).length === 1;
    calibrate(model, resolved, given ?? own?.call(model, resolved.mode) ?? null, isKnown, (layer, find) => {
      if (!isProductLayer(layer)) return;
      const weight = layer.kernel;
      const found = find(productOf(layer, weight.shape));
      quantizeBy(layer, resolved, typeCheck, ({ main, calibrated }) => {
        calibrated?.(found);
        dropFrom(layer, weight);
        layer.kernel = main!;
      });
    });
    return;
  }
  const left: string[] = [];
  for (const layer of flattenLayers(model)) {
    if (layer === model || flattenLayers(layer).length > 1 || !isWanted(layer)) continue;
    if (isQuantizable(layer, resolved.mode, typeCheck)) quantizeBy(layer, resolved, typeCheck, ({ take }) => take());
    else if (ownVariablesOf(layer).length > 0) left.push(`${layer.className} "${layer.name}"`);
  }
  if (left.length > 0) console.warn(`quantize: ${left.join(', ')} stay as they are: '${resolved.mode}' knows no way.`);
}
/** A model that lists the blocks it consists of. */
interface Structured {
  getQuantizationLayerStructure(mode: string): LayerStructure | null;
}
/** Whether a layer is to be quantized, as filters say. */
function wanted(model: AnyLayer, filters: QuantizeModelOptions['filters']): (layer: AnyLayer) => boolean {
  if (filters === null || filters === undefined) return () => true;
  if (typeof filters === 'function') return filters;
  const patterns = (typeof filters === 'string' ? [filters] : filters).map((text) => {
    try {
      return new RegExp(text);
    } catch {
      return fail(model, `quantize: the filter "${text}" is no pattern`, 'give a regular expression, or a function');
    }
  });
  return (layer) => patterns.some((pattern) => pattern.test(layer.name));
}

provideQuantizing({
  build: (layer, shape) =>
    makeQuantized(
      layer,
      ownPolicy(layer).quantizationMode ?? '',
      (layer[inner].options as { quantizationConfig?: Config }).quantizationConfig ?? null,
      shape,
    ).main,
  quantizeLayer,
  quantizeModel,
});
