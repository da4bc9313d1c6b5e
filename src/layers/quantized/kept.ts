import * as ops from '../../ops/index.ts';
import type { AnyQuantizationConfig } from '../../quantizers/index.ts';
import { atPath, type Tensor, type Variable } from '../../tensor/index.ts';
import { inner } from '../layer/inner.ts';
import type { AnyLayer } from '../layer/layer.ts';
import { loraOf, storeMerged } from '../layer/lora.ts';
import type { WeightOptions } from '../layer/weights.ts';

/** How the config of a layer's quantization reaches what makes its variables. */
export type Config = AnyQuantizationConfig | null;

/** A weight as it is kept quantized. */
export interface Kept {
  /** The variable that represents the weight. */
  readonly main: Variable;
  /** The values of all its variables for a weight of floats. */
  values(weight: Tensor): ReadonlyMap<Variable, Tensor>;
  /** The weight, as precisely as it is stored. */
  floats(): Tensor;
}

/** Adds a variable to a layer, under its path wherever this is called. */
export const addTo = (layer: AnyLayer, options: WeightOptions): Variable =>
  atPath(layer[inner].path.split('/'), () => layer.addWeight({ trainable: false, ...options }));
/** The same for whole numbers, zeros at first. */
export const addWhole = (layer: AnyLayer, name: string, shape: readonly number[], dtype: 'int8' | 'uint8'): Variable =>
  addTo(layer, { name, shape, dtype, initializer: 'zeros' });
/** The same for scales, ones at first. */
export const addScale = (layer: AnyLayer, name: string, shape: readonly number[]): Variable =>
  addTo(layer, { name, shape, initializer: 'ones' });

/** The group of each of `count` inputs, a variable of floats as Keras keeps it. */
export const addGroups = (layer: AnyLayer, count: number, size: number): Variable =>
  addTo(layer, {
    name: 'g_idx',
    shape: [count],
    dtype: 'float32',
    initializer: () => ops.floor(ops.divide(ops.arange(count, { dtype: 'float32' }), size)),
  });

/** Removes a variable from a layer after it has been replaced. */
export function dropFrom(layer: AnyLayer, variable: Variable): void {
  const { weights } = layer[inner];
  const at = weights.indexOf(variable);
  if (at >= 0) weights.splice(at, 1);
}

/** Gives the variables of a weight the values of floats. */
export function fill(kept: Kept, weight: Tensor): void {
  for (const [variable, value] of kept.values(weight)) variable.assign(value);
}
/** Lets files hold the variables of a weight together with its correction of low rank, should it get one. */
export function storeTogether(kept: Kept, variables: readonly Variable[]): void {
  for (const v of variables)
    storeMerged(v, () => {
      const lora = loraOf(kept.main);
      return lora && kept.values(ops.add(kept.floats(), lora.correct(lora.a.read()))).get(v);
    });
}
