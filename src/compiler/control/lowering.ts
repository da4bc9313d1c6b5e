import type { Program } from '../../ir/program.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { Step } from '../plan.ts';
import type { Places } from '../schedule/places.ts';

/** A program's steps, and the tensors that hold its outputs: its own inputs, or what the steps compute. */
export interface Lowered {
  readonly steps: readonly Step[];
  readonly outputs: readonly Tensor[];
}

/** How programs become steps, for those that run inside others too. */
export interface Lowering {
  readonly places: Places;
  /** The program made simple. */
  simplified(program: Program): Program;
  /** The steps of a simple program. */
  steps(program: Program): Lowered;
}
