import { Algebra } from '../../algebra/algebra.ts';
import { identityOf } from '../../algebra/fold.ts';
import { type Axis, type Expr, indexOf, load, readLocal } from '../../ir/expr.ts';
import { accumulate, loops, type Stmt, set, store } from '../../ir/loops.ts';
import { Formulas } from '../formulas.ts';
import type { ContractionStep, LoopStep, Target, View } from '../plan.ts';
import { guard } from './guard.ts';
import { loopStep } from './loop-step.ts';
import { mergeAxes } from './merge-axes.ts';
import { parallelize } from './parallelize.ts';
import { vectorize } from './vectorize.ts';

/** The work for one output of a contraction, indexed by the step's axes: the sum of its products, then the tail. */
export function contractionBody(step: ContractionStep, formulas: Formulas): readonly Stmt[] {
  const { equation, operands, views, axes, sum, stores } = step;
  const { algebra } = formulas;
  const index = axes.map((a) => algebra.simplify(indexOf(a)));
  const read = (x: unknown, at: readonly Expr[]): Expr => {
    const side = x === equation.inputs[0] ? 0 : 1;
    return load(operands[side], [
      at.reduce<Expr>((p, i, d) => plusTimes(p, i, views[side].strides[d]), start(views[side])),
    ]);
  };
  const start = ({ offset }: View): Expr => algebra.constant(offset, 'i32');
  const plusTimes = (p: Expr, i: Expr, stride: number): Expr =>
    algebra.apply('add', 'i32', [
      p,
      algebra.apply('mul', 'i32', [algebra.simplify(i), algebra.constant(stride, 'i32')]),
    ]);
  const value = formulas.at(equation, index, read);
  const body: Stmt[] = [];
  if (value.op === 'reduce') {
    body.push(set(sum, algebra.constant(identityOf(value.combine, sum.type), sum.type)));
    body.push(...loops(value.axes, [accumulate(sum, value.combine, value.body)]));
  } else body.push(set(sum, value));
  const results = stores.map((s, k) => ({ ...s, local: { name: `value${k}`, type: s.value.type } }));
  body.push(...results.map((s) => set(s.local, s.value)));
  body.push(...results.map((s) => store(s.to, s.index, readLocal(s.local))));
  return body;
}

type LoopTarget = Pick<Target, 'vectorWidth' | 'dealing' | 'asTurns' | 'workers' | 'leastWork'>;

/** A contraction as plain loops. */
export function contractionLoops(
  step: ContractionStep,
  target: LoopTarget,
  formulas: Formulas = new Formulas(new Algebra()),
): LoopStep {
  const { algebra } = formulas;
  const { axes } = step;
  const body = contractionBody(step, formulas);
  const rows: readonly Axis[] = axes.filter(({ size }) => size !== 1);
  const merged = mergeAxes(loops(rows, body), algebra);
  if (target.asTurns) return loopStep(step.info, target.asTurns(merged, algebra), false);
  const nest = vectorize(merged, target, algebra);
  const { body: shared, serial } = parallelize(nest, target, algebra);
  return loopStep(step.info, guard(shared, algebra), serial);
}
