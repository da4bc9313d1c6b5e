import { Tensor } from '../../ir/tensor.ts';
import { mapTensors, tensorsIn } from '../../tensor/index.ts';
import type { AnyLayer } from './layer.ts';

const masks = new WeakMap<Tensor, Tensor>();

/** The mask carried by a tensor: true for the steps that count. */
export const maskOf = (x: Tensor): Tensor | undefined => masks.get(x);
export function setMask(x: Tensor, mask: Tensor | null | undefined): void {
  if (mask) masks.set(x, mask);
  else masks.delete(x);
}

/** The masks carried by a tensor or a nest of tensors, in the same structure; undefined if there are none. */
export function maskOn(inputs: unknown): Tensor | undefined {
  if (inputs instanceof Tensor) return maskOf(inputs);
  if (!tensorsIn(inputs).some(maskOf)) return undefined;
  return mapTensors(inputs, (t) => maskOf(t) ?? null) as Tensor;
}

/** Attaches to the outputs of a call the masks that the layer computes or passes on. */
export function passMask(layer: AnyLayer, inputs: unknown, outputs: unknown, given?: Tensor | null): void {
  const flat = tensorsIn(outputs);
  if (flat.length === 0 || flat.every(maskOf)) return;
  const computed: unknown = layer.computeMask(inputs, given ?? maskOn(inputs));
  if (computed === null || computed === undefined) return;
  const list = (Array.isArray(computed) ? computed : [computed]) as (Tensor | null)[];
  flat.forEach((y, k) => {
    if (list[k] && !maskOf(y)) setMask(y, list[k]);
  });
}
