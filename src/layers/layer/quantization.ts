import { withoutQuantization } from '../../base/dtype-policy.ts';
import { fail } from '../../base/errors.ts';
import { type Field, f } from '../../base/field/field.ts';
import { type Config, deserializeObject, isSerializedObject, serializeObject } from '../../base/registry/serialize.ts';
import type { Variable } from '../../tensor/index.ts';
import { inner } from './inner.ts';
import type { AnyLayer } from './layer.ts';

/** Says how a layer is quantized: an object of a class of `keras.quantizers`. */
export interface QuantizationLike {
  readonly mode: string;
  getConfig(): Config;
}
export interface QuantizeOptions {
  /** What the mode leaves open, of a class of `keras.quantizers`. */
  readonly config?: QuantizationLike | null | undefined;
  /** Whether classes that extend Keras's are left out; true by default. */
  readonly typeCheck?: boolean | undefined;
}
/** How models are quantized. */
export interface QuantizeModelOptions extends QuantizeOptions {
  /** Which layers are: those whose names match a pattern, or one of several, or for which a function gives true; all by default. */
  readonly filters?: string | readonly string[] | ((layer: { readonly name: string }) => boolean) | null | undefined;
}

/** The parts of a model that are calibrated one after the other. */
export interface LayerStructure {
  /** Called on the numbers of the calibration data, in order: an embedding, most often. */
  readonly preBlockLayers?: readonly ((x: any) => any)[];
  /** Blocks, each called on what the one before gave. */
  readonly sequentialBlocks: readonly ((x: any) => any)[];
}

/** What quantizes. The core of pages has none of it. */
interface Quantizing {
  /** Makes the variables of a layer that is built quantized; gives the one that stands for its main weight, if it replaces that. */
  build(layer: AnyLayer, shape: readonly number[]): Variable | null;
  quantizeLayer(layer: AnyLayer, mode: string | null | undefined, options: QuantizeOptions): void;
  quantizeModel(model: AnyLayer, mode: string | null | undefined, options: QuantizeModelOptions): void;
}
let provided: Quantizing | undefined;
export const provideQuantizing = (quantizing: Quantizing): void => void (provided = quantizing);
/** What quantizes, on behalf of a layer. */
export const quantizing = (layer: AnyLayer): Quantizing => provided ?? withoutQuantization(layer);

/** The main weight of a layer whose policy says that it is quantized. */
export const quantizedWeight = (layer: AnyLayer, shape: readonly number[]): Variable | null =>
  layer.quantizationMode === null ? null : quantizing(layer).build(layer, shape);

/** What is called: the layer's own `call`, or what takes its place where weights are quantized. */
export function callOf(layer: AnyLayer): (...args: any[]) => unknown {
  const { quantized } = layer[inner];
  if (quantized) return (...args) => quantized.call(...args);
  if (layer.quantizationMode !== null)
    fail(
      layer,
      `its dtype policy "${layer.dtypePolicy.name}" quantizes weights, which its class does not know`,
      'give the policy to the layers that are to be quantized, or call model.quantize',
    );
  return (...args) => layer.call(...args);
}

/** An option that says how the layer's weights are quantized. */
export const quantizationField = (): Field<QuantizationLike | Config | null, QuantizationLike | null, false> =>
  f.custom<QuantizationLike | Config | null, QuantizationLike | null>({
    expects: 'an object of a class of keras.quantizers, its config, or null',
    check: (v): v is QuantizationLike | Config | null =>
      v === null || isSerializedObject(v) || (typeof v === 'object' && 'mode' in v! && 'getConfig' in v),
    parse: (v) => (isSerializedObject(v) ? (deserializeObject(v) as QuantizationLike) : (v as QuantizationLike | null)),
    toDisk: serializeObject,
    initial: null,
  });
