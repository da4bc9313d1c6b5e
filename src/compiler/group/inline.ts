import { costOf, loadsOf } from '../../algebra/cost.ts';
import type { Kind } from '../../ir/primitive.ts';
import type { Program } from '../../ir/program.ts';
import type { Equation, Tensor } from '../../ir/tensor.ts';
import type { DotAttrs } from '../../primitives/dot.ts';
import { elements, type Formulas } from '../formulas.ts';
import { viewOf } from './views.ts';

/**
 * Arithmetic up to this cost is repeated for each user rather than stored, if it needs no more loads than the stored
 * value would.
 */
const cheap = 8;
/** Arithmetic up to this cost is repeated for each place that an element is broadcast to. */
const trifling = 2.5;
/** Beyond this much arithmetic a formula gains nothing by growing. */
const tooMuch = 300;

const fusible: readonly Kind[] = ['elementwise', 'movement', 'generator'];

interface Inlined {
  readonly cost: number;
  /** The elements it is computed from, counted over all operands. */
  readonly loads: number;
}

/** Tensors that are never stored: each user computes the elements it needs. */
export function inlinedTensors(program: Program, formulas: Formulas): ReadonlySet<Tensor> {
  return new Inlining(program, formulas).tensors;
}

class Inlining {
  declare private readonly formulas: Formulas;
  declare private readonly users: ReadonlyMap<Tensor, readonly Equation[]>;
  declare private readonly stored: Set<Tensor>;
  private readonly inlined = new Map<Tensor, Inlined>();

  constructor(program: Program, formulas: Formulas) {
    this.formulas = formulas;
    this.users = usersOf(program);
    this.stored = new Set(program.outputs);
    for (const equation of program.equations)
      if (equation.rule.kind === 'contraction') for (const x of equation.inputs) this.stored.add(this.origin(x));
    for (const equation of program.equations) this.decide(equation);
  }

  get tensors(): ReadonlySet<Tensor> {
    return new Set(this.inlined.keys());
  }

  private decide({ rule, outputs }: Equation): void {
    const [y] = outputs as [Tensor];
    if (!rule.at || outputs.length !== 1 || !fusible.includes(rule.kind) || this.stored.has(y)) return;
    const { value } = this.formulas.of(y);
    const total = { cost: costOf(value), loads: 0 };
    for (const { from } of loadsOf(value)) {
      const x = this.formulas.tensorOf(from);
      const inner = x && this.inlined.get(x);
      total.cost += inner?.cost ?? 0;
      total.loads += Math.min(elements(y), inner?.loads ?? elements(from));
    }
    if (this.canInline(y, total)) this.inlined.set(y, total);
  }

  private canInline(y: Tensor, { cost, loads }: Inlined): boolean {
    const users = this.users.get(y) ?? [];
    if (cost > tooMuch || users.some(({ rule }) => !rule.at)) return false;
    if (users.some((user) => user.rule.kind === 'contraction' && !this.isViewFor(user, y))) return false;
    if (cost > trifling)
      for (const { rule, outputs, inputs } of users) {
        if (rule.kind === 'window') return false;
        if (rule.kind !== 'movement') continue;
        // Broadcast, it would be computed again for each place it goes to.
        const given = inputs.reduce((sum, x) => sum + elements(x), 0);
        if (elements(outputs[0]) > given) return false;
      }
    if (users.length === 1) return true;
    return cost <= cheap && loads <= 1.5 * elements(y) && !this.isTail(y);
  }

  /** Whether it finishes what a contraction or reduction computes for nobody else: there it costs nothing, and is stored instead. */
  private isTail(y: Tensor): boolean {
    return loadsOf(this.formulas.of(y).value).some(({ from }) => {
      const x = this.formulas.tensorOf(from);
      if (!x || this.users.get(x)?.length !== 1 || elements(x) !== elements(y)) return false;
      return this.inlined.has(x) ? this.isTail(x) : x.equation?.rule.kind === 'contraction';
    });
  }

  /** The tensor that a view of it shows, or the tensor itself. */
  private origin(x: Tensor): Tensor {
    if (x.equation?.rule.kind !== 'movement' || this.stored.has(x)) return x;
    const source = viewOf(
      x,
      (t) => t === x || (t.equation?.rule.kind === 'movement' && !this.stored.has(t)),
      this.formulas,
    );
    return source?.tensor ?? x;
  }

  /** Whether a contraction can read the tensor as it stands in another. */
  private isViewFor({ inputs, attrs }: Equation, y: Tensor): boolean {
    const source = viewOf(y, (t) => t === y || this.inlined.has(t), this.formulas);
    if (source === undefined || source.tensor === y || this.inlined.has(source.tensor)) return false;
    if (!('contract' in (attrs as object))) return true;
    const { batch, contract } = attrs as DotAttrs;
    // A product sums along one stride, and its columns have one too: else its operand is better copied first.
    const isEven = (dims: readonly number[]): boolean => {
      const real = dims.filter((d) => y.shape[d] !== 1);
      const { strides } = source.view;
      return real.every((d, i) => i === 0 || strides[real[i - 1]] === strides[d] * y.shape[d]);
    };
    const columns = y.shape.map((_, d) => d).filter((d) => !batch[1].includes(d) && !contract[1].includes(d));
    return inputs.every((x, side) => x !== y || (isEven(contract[side]) && (side === 0 || isEven(columns))));
  }
}

function usersOf(program: Program): Map<Tensor, Equation[]> {
  const users = new Map<Tensor, Equation[]>();
  for (const equation of program.equations)
    for (const x of new Set(equation.inputs)) {
      const list = users.get(x);
      if (list) list.push(equation);
      else users.set(x, [equation]);
    }
  return users;
}
