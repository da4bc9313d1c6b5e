import { fail } from '../../base/errors.ts';
import * as ops from '../../ops/index.ts';
import { awq } from '../../quantizers/awq.ts';
import { type AWQConfig, GPTQConfig, type LayerStructure } from '../../quantizers/calibrated-configs.ts';
import { calibrationData } from '../../quantizers/calibration-data.ts';
import { addToHessian, gptq } from '../../quantizers/gptq.ts';
import type { Tensor } from '../../tensor/index.ts';
import { inner } from '../layer/inner.ts';
import { type AnyLayer, isLayer } from '../layer/layer.ts';
import { flattenLayers } from '../layer/tracking.ts';
import type { Calibrated } from './calibrated-product.ts';
import { isProductLayer, type Product, productOf } from './product.ts';

/** Watches what a layer is called on, and says at the end how its kernel is rounded. */
interface Watch {
  see(x: Tensor): void;
  /** How a kernel, as a matrix `(outputs, inputs)`, is rounded. */
  round(weights: Tensor): Calibrated;
}
function watchFor(config: GPTQConfig | AWQConfig, inputs: number): Watch {
  if (config instanceof GPTQConfig) {
    let [hessian, seen] = [ops.zeros([inputs, inputs]), 0];
    return {
      see(x) {
        hessian = addToHessian(hessian, seen, x);
        seen += x.shape[0];
      },
      round: (weights) => gptq(weights, hessian, config.config),
    };
  }
  let magnitudes = ops.zeros([inputs]);
  return {
    see: (x) => void (magnitudes = ops.maximum(magnitudes, ops.max(ops.abs(x), { axis: 0 }))),
    round: (weights) => awq(weights, magnitudes, config.config),
  };
}

/** The first output of a block, which may have more. */
const firstOf = (y: unknown): Tensor => (Array.isArray(y) ? y[0] : y) as Tensor;

/**
 * Shows the calibration data to a model's blocks, one after the other, and quantizes the layers in each by what they saw.
 * `quantize` gives a layer its quantized variables.
 */
export function calibrate(
  model: AnyLayer,
  config: GPTQConfig | AWQConfig,
  structure: LayerStructure | null,
  isWanted: (layer: AnyLayer) => boolean,
  quantize: (layer: AnyLayer, take: (product: Product) => Calibrated) => void,
): void {
  if (!structure || structure.sequentialBlocks.length === 0)
    fail(
      model,
      `mode '${config.mode}' needs to know which blocks follow each other`,
      'give { preBlockLayers, sequentialBlocks } as quantizationLayerStructure of the config, or write getQuantizationLayerStructure() in the model',
    );
  let samples = calibrationData(model.name, config).map((x) =>
    (structure.preBlockLayers ?? []).reduce<Tensor>((y, layer) => firstOf(layer(y)), x),
  );
  for (const block of structure.sequentialBlocks) {
    const layers = isLayer(block) ? flattenLayers(block).filter((x) => isProductLayer(x) && isWanted(x)) : [];
    const watches = new Map(layers.map((layer) => [layer, watchKernel(layer, config)]));
    watching(watches, () => samples.forEach((x) => void block(x)));
    for (const [layer, watch] of watches)
      quantize(layer, (product) => {
        const [rows, columns] = product.calibrated;
        const weight = ops.cast(product.layer.kernel, 'float32');
        return watch.round(ops.transpose(ops.reshape(weight, [rows, columns])));
      });
    samples = samples.map((x) => firstOf(block(x)));
  }
}

function watchKernel(layer: AnyLayer, config: GPTQConfig | AWQConfig): Watch {
  if (!isProductLayer(layer) || !layer.built)
    return fail(layer, 'it was not built before it was quantized', 'call the model once first');
  const [rows] = productOf(layer, layer.kernel.shape).calibrated;
  const watch = watchFor(config, rows);
  return { ...watch, see: (x) => watch.see(ops.reshape(ops.cast(x, 'float32'), [-1, rows])) };
}

/** Runs `f` while calls of layers show their inputs. */
function watching(watches: ReadonlyMap<AnyLayer, Watch>, f: () => void): void {
  for (const [layer, watch] of watches)
    layer[inner].quantized = {
      shape: null,
      stored: () => [],
      call(...args: unknown[]): Tensor {
        watch.see(args[0] as Tensor);
        return layer.call(...args) as Tensor;
      },
    };
  try {
    f();
  } finally {
    for (const layer of watches.keys()) layer[inner].quantized = undefined;
  }
}
