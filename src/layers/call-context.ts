import type { Tensor } from '../ir/tensor.ts';

/** What calls nested in one another share. */
interface CallContext {
  readonly training: boolean | undefined;
}
const stack: CallContext[] = [];

/** Whether the call in progress is for training; undefined when nobody said. */
export const currentTraining = (): boolean | undefined => stack[stack.length - 1]?.training;
export const isOutermostCall = (): boolean => stack.length === 0;

export function inCall<R>(training: boolean | undefined, f: () => R): R {
  stack.push({ training });
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
