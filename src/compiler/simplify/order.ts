import { sizeOf } from '../../base/shape.ts';
import type { Program } from '../../ir/program.ts';
import type { Equation, Tensor } from '../../ir/tensor.ts';

/** An array of at most so many elements is computed as soon as it can be. */
const few = 256;

/**
 * The program in the order of its recording, which frees memory early: gradients follow each other layer by layer. Small
 * arrays that need nothing but inputs come first, so that whatever uses them (a learning rate, say) need not wait.
 */
export function inOrder(program: Program): Program {
  const recorded = [...program.equations].sort((a, b) => a.outputs[0].serial - b.outputs[0].serial);
  const early = new Set<Tensor>(program.inputs);
  const [first, rest]: [Equation[], Equation[]] = [[], []];
  for (const equation of recorded) {
    const isEarly = equation.inputs.every((x) => early.has(x)) && equation.outputs.every((y) => sizeOf(y.shape) <= few);
    if (isEarly) for (const y of equation.outputs) early.add(y);
    (isEarly ? first : rest).push(equation);
  }
  return { ...program, equations: [...first, ...rest] };
}
