import type { Tensor } from '../ir/tensor.ts';

const masks = new WeakMap<Tensor, Tensor>();

/** The mask that travels with a tensor: true where a step counts. */
export const maskOf = (x: Tensor): Tensor | undefined => masks.get(x);
export function setMask(x: Tensor, mask: Tensor | null | undefined): void {
  if (mask) masks.set(x, mask);
  else masks.delete(x);
}
