import type { Tensor } from '../../ir/tensor.ts';
import type { AnyLayer } from './layer.ts';

/** A call in progress, and the state shared with nested calls. */
interface CallContext {
  readonly layer: AnyLayer;
  readonly training: boolean | undefined;
}
const stack: CallContext[] = [];

/** Whether the current call is for training; undefined if unspecified. */
export const currentTraining = (): boolean | undefined => stack[stack.length - 1]?.training;
export const isOutermostCall = (): boolean => stack.length === 0;
/** The layers currently being called, from the outermost to the innermost. */
export const layersInCall = (): readonly AnyLayer[] => stack.map(({ layer }) => layer);

export function inCall<R>(context: CallContext, f: () => R): R {
  stack.push(context);
  try {
    return f();
  } finally {
    stack.pop();
  }
}

/** Options of a layer's call. */
export interface CallOptions {
  /** Whether this is a training step: dropout is active, and batch statistics are used and updated. */
  training?: boolean | undefined;
  /** True for the steps of the input that count; by default the mask carried by the input. */
  mask?: Tensor | null | undefined;
}
