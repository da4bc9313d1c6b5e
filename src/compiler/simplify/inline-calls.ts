import { bind } from '../../ir/primitive.ts';
import type { Program } from '../../ir/program.ts';
import type { Equation, Tensor } from '../../ir/tensor.ts';
import type { ControlAttrs } from '../../primitives/control/control.ts';

/** The program with called programs written out in their places. */
export function inlineCalls(program: Program): Program {
  if (!program.equations.some(isCall)) return program;
  const equations: Equation[] = [];
  const known = new Map<Tensor, Tensor>();
  const now = (t: Tensor): Tensor => known.get(t) ?? t;
  const write = (list: readonly Equation[]): void => {
    for (const equation of list) {
      const inputs = equation.inputs.map(now);
      if (isCall(equation)) {
        const { program: called } = equation.attrs as ControlAttrs & { form: 'call' };
        const copy = instanceOf(called, inputs);
        write(copy.equations);
        equation.outputs.forEach((y, k) => known.set(y, now(copy.outputs[k]!)));
      } else if (inputs.every((x, k) => x === equation.inputs[k])) equations.push(equation);
      else {
        const outputs = [bind(equation.rule, inputs, equation.attrs)].flat() as Tensor[];
        equations.push(outputs[0]!.equation!);
        equation.outputs.forEach((y, k) => known.set(y, outputs[k]!));
      }
    }
  };
  write(program.equations);
  return { ...program, equations, outputs: program.outputs.map(now) };
}

const isCall = ({ rule, attrs }: Equation): boolean =>
  rule.kind === 'control' && (attrs as ControlAttrs).form === 'call';

/** A copy of the program with equations and tensors of its own, on the given inputs. */
export function instanceOf(program: Program, inputs: readonly Tensor[]): Program {
  const known = new Map<Tensor, Tensor>(program.inputs.map((t, k) => [t, inputs[k]!]));
  const now = (t: Tensor): Tensor => known.get(t) ?? t;
  const equations = program.equations.map(({ rule, inputs: operands, attrs, outputs }) => {
    const results = [bind(rule, operands.map(now), attrs)].flat() as Tensor[];
    outputs.forEach((y, k) => known.set(y, results[k]!));
    return results[0]!.equation!;
  });
  return { ...program, inputs, equations, outputs: program.outputs.map(now) };
}
