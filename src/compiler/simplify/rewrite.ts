import { bind } from '../../ir/primitive.ts';
import type { Program } from '../../ir/program.ts';
import { currentScope, inScope } from '../../ir/scope.ts';
import type { Equation, Tensor } from '../../ir/tensor.ts';

/**
 * The replacement of an equation whose inputs have become `inputs`: tensors for its outputs, whose equations have been
 * passed to `add` (undefined for an output that nobody reads). Returning undefined keeps the equation.
 */
export type Change = (
  equation: Equation,
  inputs: readonly Tensor[],
  add: (equation: Equation) => void,
) => readonly (Tensor | undefined)[] | undefined;

/** The program with each of its equations changed, in the same order. */
export function rewrite(program: Program, change: Change): Program {
  const equations: Equation[] = [];
  const known = new Map<Tensor, Tensor>();
  const now = (t: Tensor): Tensor => known.get(t) ?? t;
  const add = (equation: Equation): void => void equations.push(equation);
  const keep = (equation: Equation, inputs: readonly Tensor[]): readonly Tensor[] => {
    const kept = onInputs(equation, inputs);
    add(kept);
    return kept.outputs;
  };
  for (const equation of program.equations) {
    const inputs = equation.inputs.map(now);
    const outputs = inScope(equation.scope, () => change(equation, inputs, add) ?? keep(equation, inputs));
    equation.outputs.forEach((y, k) => {
      const stand = outputs[k];
      if (stand && stand !== y) known.set(y, stand);
    });
  }
  return { ...program, equations, outputs: program.outputs.map(now) };
}

/** The equation on these inputs: itself, if they are its own. */
export function onInputs(equation: Equation, inputs: readonly Tensor[]): Equation {
  if (inputs.every((x, k) => x === equation.inputs[k])) return equation;
  return recorded(equation, inputs);
}

/** The equation recorded once more, on other inputs. */
const recorded = ({ rule, attrs, scope = currentScope() }: Equation, inputs: readonly Tensor[]): Equation =>
  ([inScope(scope, () => bind(rule, inputs, attrs))].flat() as Tensor[])[0].equation!;

/** A copy of the program with equations and tensors of its own, on the given inputs. */
export function instanceOf(program: Program, inputs: readonly Tensor[]): Program {
  const known = new Map<Tensor, Tensor>(program.inputs.map((t, k) => [t, inputs[k]]));
  const now = (t: Tensor): Tensor => known.get(t) ?? t;
  const equations = program.equations.map((equation) => {
    const copy = recorded(equation, equation.inputs.map(now));
    equation.outputs.forEach((y, k) => known.set(y, copy.outputs[k]));
    return copy;
  });
  return { ...program, inputs, equations, outputs: program.outputs.map(now) };
}
