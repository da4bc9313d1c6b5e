import type { Tensor } from '../../ir/tensor.ts';
import type { AnyLayer } from './layer.ts';

/** A call in progress, and what those nested in it share. */
interface CallContext {
  readonly layer: AnyLayer;
  readonly training: boolean | undefined;
}
const stack: CallContext[] = [];

/** Whether the call in progress is for training; undefined when nobody said. */
export const currentTraining = (): boolean | undefined => stack[stack.length - 1]?.training;
export const isOutermostCall = (): boolean => stack.length === 0;
/** The layers whose calls are in progress, from the outermost to the innermost. */
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
  /** Whether this is a training step: dropout drops, batch statistics are used and updated. */
  training?: boolean | undefined;
  /** True where a step of the input counts; by default the mask that travels with the input. */
  mask?: Tensor | null | undefined;
}
