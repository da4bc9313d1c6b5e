import { sameShape } from '../../base/shape.ts';
import { load } from '../../ir/expr.ts';
import { bind, type Kind } from '../../ir/primitive.ts';
import type { Program } from '../../ir/program.ts';
import type { Equation, Tensor } from '../../ir/tensor.ts';
import { full } from '../../primitives/generators.ts';
import { type Formulas, isIdentity } from '../formulas.ts';
import { equationKey } from './equation-key.ts';
import { onInputs, rewrite } from './rewrite.ts';

const pointwise: readonly Kind[] = ['elementwise', 'movement', 'generator'];

/**
 * Removes needless work: equal equations are merged, formulas that reduce to a constant or to an operand are replaced
 * by it, and dead equations are dropped.
 */
export function simplify(program: Program, formulas: Formulas): Program {
  const { algebra } = formulas;
  const constants = new Map<Tensor, number>();
  const known = new Map<string, Equation>();

  type Add = (equation: Equation) => void;
  /** The equation, or an equal one from before. */
  const once = (equation: Equation, add: Add): Equation => {
    const key = equationKey(equation, algebra);
    const before = key === undefined ? undefined : known.get(key);
    if (before) return before;
    if (key !== undefined) known.set(key, equation);
    add(equation);
    return equation;
  };
  const constant = (t: Tensor, value: number, add: Add): Tensor => {
    const attrs = { shape: t.shape, dtype: t.dtype, value };
    const y = once((bind(full.rule, [], attrs) as Tensor).equation!, add).outputs[0];
    constants.set(y, value);
    return y;
  };
  /** What an elementwise formula reduces to, if that is simpler than the formula. */
  const simpler = (equation: Equation, add: Add): Tensor | undefined => {
    const { rule, outputs } = equation;
    if (!rule.at || outputs.length !== 1 || !pointwise.includes(rule.kind)) return undefined;
    const y = outputs[0];
    let { axes, value } = formulas.of(y);
    if (equation.inputs.some((x) => constants.has(x)))
      value = formulas.at(
        equation,
        axes.map((a) => algebra.simplify({ op: 'index', type: 'i32', axis: a })),
        (x, at) =>
          constants.has(x)
            ? algebra.constant(constants.get(x)!, load(formulas.regionOf(x), at).type)
            : load(formulas.regionOf(x), at),
      );
    if (value.op === 'const') return constant(y, value.value, add);
    if (value.op !== 'load' || !isIdentity(value.index, axes)) return undefined;
    const x = formulas.tensorOf(value.from);
    return x && x.dtype === y.dtype && sameShape(x.shape, y.shape) ? x : undefined;
  };

  return withoutDead(
    rewrite(program, (original, inputs, add) => {
      const equation = onInputs(original, inputs);
      const value = simpler(equation, add);
      return value ? [value] : once(equation, add).outputs;
    }),
  );
}

/** The program without equations that no output needs. */
export function withoutDead(program: Program): Program {
  const needed = new Set<Tensor>(program.outputs);
  const equations: Equation[] = [];
  for (let k = program.equations.length - 1; k >= 0; k--) {
    const equation = program.equations[k];
    if (!equation.outputs.some((y) => needed.has(y))) continue;
    for (const x of equation.inputs) needed.add(x);
    equations.push(equation);
  }
  return { ...program, equations: equations.reverse() };
}
