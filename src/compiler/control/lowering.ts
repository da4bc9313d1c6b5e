import type { Program } from '../../ir/program.ts';
import type { Tensor } from '../../ir/tensor.ts';
import type { Step } from '../plan.ts';
import type { Places } from '../schedule/places.ts';

/** A program's steps, and the tensors that hold its outputs: either its own inputs or what the steps compute. */
export interface Lowered {
  readonly steps: readonly Step[];
  readonly outputs: readonly Tensor[];
}

/** How programs become steps, including programs that run inside others. */
export interface Lowering {
  readonly places: Places;
  /** The program after simplification. */
  simplified(program: Program): Program;
  /** The steps of a simplified program. */
  steps(program: Program): Lowered;
}
