import type { Program } from '../../ir/program.ts';
import type { Equation } from '../../ir/tensor.ts';
import type { ControlAttrs } from '../../primitives/control/control.ts';
import { instanceOf, rewrite } from './rewrite.ts';

/** The program with all calls inlined. */
export function inlineCalls(program: Program): Program {
  if (!program.equations.some((equation) => calledBy(equation))) return program;
  return rewrite(program, (equation, inputs, add) => {
    const called = calledBy(equation);
    if (!called) return undefined;
    const { equations, outputs } = inlineCalls(instanceOf(called, inputs));
    equations.forEach(add);
    return outputs;
  });
}

function calledBy({ rule, attrs }: Equation): Program | undefined {
  if (rule.kind !== 'control') return undefined;
  const control = attrs as ControlAttrs;
  return control.form === 'call' ? control.program : undefined;
}
