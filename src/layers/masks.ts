import { Tensor } from '../ir/tensor.ts';
import { mapTensors, tensorsIn } from '../tensor/index.ts';

const masks = new WeakMap<Tensor, Tensor>();

/** The mask that travels with a tensor: true where a step counts. */
export const maskOf = (x: Tensor): Tensor | undefined => masks.get(x);
export function setMask(x: Tensor, mask: Tensor | null | undefined): void {
  if (mask) masks.set(x, mask);
  else masks.delete(x);
}

/** The masks that travel with a tensor or a nest of them, in its form; undefined when there is none. */
export function maskOn(inputs: unknown): Tensor | undefined {
  if (inputs instanceof Tensor) return maskOf(inputs);
  if (!tensorsIn(inputs).some(maskOf)) return undefined;
  return mapTensors(inputs, (t) => maskOf(t) ?? null) as Tensor;
}
