import type { Kind } from '../../ir/primitive.ts';
import type { Program } from '../../ir/program.ts';
import type { Equation, Tensor } from '../../ir/tensor.ts';
import { elements, type Formulas } from '../scalars/formulas.ts';
import { costOf, loadsOf } from './cost.ts';
import { viewOf } from './views.ts';

/** What costs at most so much is rather computed twice than stored. */
const cheap = 2.5;
const cheapLoads = 2;
/** More than so much arithmetic in one formula no longer gains by growing. */
const tooMuch = 600;

const fusible: readonly Kind[] = ['elementwise', 'movement', 'generator'];

interface Inlined {
  readonly cost: number;
  readonly loads: number;
}

/** Tensors that are never stored: whoever needs an element computes it. */
export function inlinedTensors(program: Program, formulas: Formulas): ReadonlySet<Tensor> {
  const outputs = new Set(program.outputs);
  const users = usersOf(program);
  const inlined = new Map<Tensor, Inlined>();
  for (const equation of program.equations) {
    const { rule, outputs: results } = equation;
    const [y] = results as [Tensor];
    if (!rule.at || results.length !== 1 || !fusible.includes(rule.kind) || outputs.has(y)) continue;
    const { value } = formulas.of(y);
    const total = { cost: costOf(value), loads: 0 };
    for (const { from } of loadsOf(value)) {
      const inner = inlined.get(formulas.tensorOf(from));
      total.cost += inner?.cost ?? 0;
      total.loads += inner?.loads ?? 1;
    }
    if (canInline(y, total, users.get(y) ?? [], inlined, formulas)) inlined.set(y, total);
  }
  return new Set(inlined.keys());
}

export function usersOf(program: Program): Map<Tensor, Equation[]> {
  const users = new Map<Tensor, Equation[]>();
  for (const equation of program.equations)
    for (const x of new Set(equation.inputs)) {
      const list = users.get(x);
      if (list) list.push(equation);
      else users.set(x, [equation]);
    }
  return users;
}

/** Whether a contraction can read the tensor as it stands in another. */
function isView(y: Tensor, inlined: ReadonlyMap<Tensor, Inlined>, formulas: Formulas): boolean {
  const source = viewOf(y, (t) => t === y || inlined.has(t), formulas);
  return source !== undefined && source.tensor !== y && !inlined.has(source.tensor);
}

function canInline(
  y: Tensor,
  { cost, loads }: Inlined,
  users: readonly Equation[],
  inlined: ReadonlyMap<Tensor, Inlined>,
  formulas: Formulas,
): boolean {
  if (cost > tooMuch) return false;
  const isCheap = cost <= cheap && loads <= cheapLoads;
  for (const { rule, outputs, inputs } of users) {
    if (!rule.at) return false;
    if (rule.kind === 'contraction' && !isView(y, inlined, formulas)) return false;
    if (isCheap) continue;
    if (rule.kind === 'window') return false;
    // Spread out, it would be computed again for each place that it goes to.
    if (rule.kind === 'movement' && elements(outputs[0]!) > elements(y)) {
      const spread = inputs.filter((x) => x !== y).reduce((sum, x) => sum + elements(x), elements(y));
      if (elements(outputs[0]!) > spread) return false;
    }
  }
  return users.length === 1 || isCheap;
}
