import type { Tensor, Variable } from '../../tensor/index.ts';

/** What a layer whose weights are quantized computes with. */
export interface Quantized {
  /** What a call computes, in place of the layer's own `call`. */
  call(...args: any[]): Tensor;
  /** Its variables as files hold them, in Keras's order. */
  stored(): readonly Variable[];
  /** The shape that the quantized weight has as floats; null where it takes no correction of low rank. */
  readonly shape: readonly number[] | null;
}
