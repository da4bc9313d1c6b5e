import type { Tensor } from '../ir/tensor.ts';
import { evaluate } from '../runtime/execute.ts';
import { currentTrace, inFrame, Trace } from './frames.ts';
import { tensorsIn } from './leaves.ts';
import type { Variable } from './variable.ts';

/**
 * Runs `f` with variables set to given values and returns their final values, leaving the variables themselves
 * unchanged.
 */
export function withVariableValues<R>(
  values: ReadonlyMap<Variable, Tensor>,
  f: () => R,
): { result: R; finalValue(variable: Variable): Tensor } {
  const outer = currentTrace();
  const trace = new Trace({ inline: true, ...(outer && { outer }) });
  for (const [variable, value] of values) trace.assign(variable, value);
  const result = inFrame(trace, f);
  const finalValue = (variable: Variable): Tensor => {
    const value = inFrame(trace, () => trace.read(variable));
    if (!outer) evaluate([value]);
    return value;
  };
  if (!outer) evaluate(tensorsIn(result));
  return { result, finalValue };
}
