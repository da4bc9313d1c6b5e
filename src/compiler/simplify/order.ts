import { sizeOf } from '../../base/shape.ts';
import type { Program } from '../../ir/program.ts';
import type { Equation, Tensor } from '../../ir/tensor.ts';
import type { ControlAttrs } from '../../primitives/control/control.ts';

/** Arrays of at most this many elements are computed as early as possible. */
const few = 256;

/** The program in the order it was recorded, which frees memory early: gradients follow each other layer by layer. */
export const asRecorded = (program: Program): Program => ({
  ...program,
  equations: [...program.equations].sort((a, b) => a.outputs[0].serial - b.outputs[0].serial),
});

/** The program with small arrays that need nothing but inputs first, so that whatever uses them (a learning rate) need not wait. */
export function smallFirst(program: Program): Program {
  const early = new Set<Tensor>(program.inputs);
  const [first, rest]: [Equation[], Equation[]] = [[], []];
  for (const equation of program.equations) {
    const isEarly =
      !isBarrier(equation) &&
      equation.inputs.every((x) => early.has(x)) &&
      equation.outputs.every((y) => sizeOf(y.shape) <= few);
    if (isEarly) for (const y of equation.outputs) early.add(y);
    (isEarly ? first : rest).push(equation);
  }
  return { ...program, equations: [...first, ...rest] };
}

/** Whether nothing computed from its results may be moved before it. */
export const isBarrier = ({ rule, attrs }: Equation): boolean =>
  rule.kind === 'control' && (attrs as ControlAttrs).form === 'barrier';
