import type { DType } from '../../../base/dtype.ts';
import { findClass } from '../../../base/registry/serialize.ts';
import type { SymbolicShape } from '../../../base/shape.ts';
import { InputLayer } from '../../../layers/core/input-layer.ts';
import type { AnyLayer } from '../../../layers/layer/layer.ts';
import type { KerasTensor, Tensor } from '../../../tensor/index.ts';

/** A valid layer name. */
export const plainName = (wanted: string): string =>
  wanted.replace(/^\/+/, '').replaceAll('/', '.').slice(0, 200) || 'input';

/** An input of a model under the name that it has in the graph. */
export function inputOf(name: string, batchShape: SymbolicShape, dtype: DType, names: Set<string>): KerasTensor {
  const plain = plainName(name);
  let own = plain;
  for (let k = 1; names.has(own); k++) own = `${plain}_${k}`;
  names.add(own);
  return new InputLayer({ batchShape, dtype, name: own }).output;
}
/** A functional model. */
export function functional(inputs: readonly KerasTensor[], outputs: readonly Tensor[], name: string): AnyLayer {
  const made = findClass({ class_name: 'Model', module: 'keras', registered_name: null });
  const one = <T>(list: readonly T[]): T | readonly T[] => (list.length === 1 ? list[0] : list);
  const options = { inputs: one(inputs), outputs: one(outputs), name };
  return Reflect.construct(made as typeof made & Function, [options]) as AnyLayer;
}
