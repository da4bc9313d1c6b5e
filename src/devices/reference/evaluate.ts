import type { TypedArray } from '../../base/dtype.ts';
import { HornbeamError } from '../../base/errors.ts';
import { freeTensors } from '../../ir/program.ts';
import { type Equation, type Program, showAval, type Tensor } from '../../ir/tensor.ts';
import type { ControlAttrs } from '../../primitives/control/control.ts';
import { controlKernel } from './control.ts';
import { type Kernel, kernelOf } from './kernel.ts';

/** Called with what an equation gave, which it may change. */
export type AfterEquation = (equation: Equation, results: readonly TypedArray[]) => void;

/**
 * A program prepared for evaluation: takes the arrays of its inputs and returns those of its outputs, which may be
 * inputs themselves.
 */
export function evaluator(program: Program, after?: AfterEquation): Kernel {
  const free = freeTensors(program);
  if (free.length > 0)
    throw new HornbeamError(
      `reference device: program "${program.name}" reads ${free.length} tensors from outside, the first ${showAval(free[0])}\n  Fix: make them inputs (closeProgram)`,
    );
  const lastUse = new Map<Tensor, number>();
  program.equations.forEach(({ inputs }, k) => {
    for (const x of inputs) lastUse.set(x, k);
  });
  for (const y of program.outputs) lastUse.set(y, Number.POSITIVE_INFINITY);
  const steps = program.equations.map((equation, k) => ({
    equation,
    run:
      equation.rule.kind === 'control'
        ? controlKernel(equation.attrs as ControlAttrs, (inner) => evaluator(inner, after))
        : kernelOf(equation),
    dead: [...new Set([...equation.inputs, ...equation.outputs])].filter((t) => (lastUse.get(t) ?? k) === k),
  }));
  return (arrays) => {
    const values = new Map<Tensor, TypedArray>(program.inputs.map((t, k) => [t, arrays[k]]));
    for (const { equation, run, dead } of steps) {
      const results = run(equation.inputs.map((t) => values.get(t)!));
      after?.(equation, results);
      equation.outputs.forEach((t, k) => values.set(t, results[k]));
      for (const t of dead) values.delete(t);
    }
    return program.outputs.map((t) => values.get(t)!);
  };
}
