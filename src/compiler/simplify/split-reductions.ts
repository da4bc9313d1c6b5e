import { isFloat } from '../../base/dtype.ts';
import { sizeOf } from '../../base/shape.ts';
import { axis, type Combine, type Expr, indexOf, int, plus, reduce, times, unflatten } from '../../ir/expr.ts';
import { bind, type Rule } from '../../ir/primitive.ts';
import type { Program } from '../../ir/program.ts';
import type { Aval, Equation, Tensor } from '../../ir/tensor.ts';
import type { Formulas } from '../formulas.ts';
import { rewrite } from './rewrite.ts';

/** A reduction is split into two steps from this many elements on. */
const manyElements = 1 << 16;

/**
 * Reductions are cut for this many threads on a machine with few: not for the number it has, because the order of a
 * sum, and with it the last bits of what a model learns, must not depend on that.
 */
export const evenShares = 8;

/** A reduction as its formula shows it: over which axes of its one operand. */
export interface Reduction {
  readonly combine: Combine;
  readonly axes: readonly number[];
}

/** What an equation reduces when its formula is a reduction over whole axes of its operand, the others kept in order. */
export function reductionOf(equation: Equation, formulas: Formulas): Reduction | undefined {
  const { rule, inputs, outputs } = equation;
  if (rule.kind !== 'reduce' || !rule.at || inputs.length !== 1 || outputs.length !== 1) return undefined;
  const { axes, value } = formulas.of(outputs[0]);
  if (value.op !== 'reduce' || value.body.op !== 'load') return undefined;
  const kept = axes.filter(({ size }) => size !== 1);
  const reduced: number[] = [];
  for (const [d, i] of value.body.index.entries()) {
    if (i.op === 'const') continue;
    if (i.op !== 'index') return undefined;
    if (value.axes.includes(i.axis)) reduced.push(d);
    else if (kept.shift() !== i.axis) return undefined;
  }
  return kept.length === 0 && reduced.length === value.axes.length
    ? { combine: value.combine, axes: reduced }
    : undefined;
}

/**
 * Splits reductions of large arrays to small ones in two steps, so that `sharers` threads have work: first blocks of
 * the outer reduced axes, then the results of the blocks.
 */
export function splitReductions(program: Program, formulas: Formulas, sharers: number): Program {
  return rewrite(program, (equation, inputs, add) => {
    const parts = blocks(equation, formulas, sharers);
    if (!parts) return undefined;
    const { combine, axes } = reductionOf(equation, formulas)!;
    const { shape, dtype } = equation.outputs[0];
    const partial = bind(blockRule(combine), [inputs[0]], { axes, blocks: parts }) as Tensor;
    const whole = bind(joinRule(combine), [partial], { shape, dtype }) as Tensor;
    add(partial.equation!);
    add(whole.equation!);
    return [whole];
  });
}

/** The number of blocks that a reduction is cut into; undefined if it stays whole. */
function blocks(equation: Equation, formulas: Formulas, sharers: number): number | undefined {
  const reduction = reductionOf(equation, formulas);
  if (!reduction) return undefined;
  const { shape } = equation.inputs[0];
  const total = sizeOf(shape);
  const kept = total / sizeOf(reduction.axes.map((d) => shape[d]));
  if (total < manyElements) return undefined;
  const inner = shape.findLastIndex((n) => n !== 1);
  // Contiguous rows can be shared as they are; columns need blocks of rows, to be read in order.
  if (reduction.axes.includes(inner) && kept >= 2 * sharers) return undefined;
  if (kept > 1 << 14) return undefined;
  return divisorNear(total / kept, Math.max(sharers, Math.min(8 * sharers, Math.floor(total / (1 << 15)))), sharers);
}

/**
 * The divisor of n nearest to `wanted` from above that gives each thread the same amount, if there is one within reach;
 * otherwise a smaller one.
 */
function divisorNear(n: number, wanted: number, sharers: number): number | undefined {
  let [best, uneven]: (number | undefined)[] = [];
  for (let d = sharers / 4; d <= Math.min(n / 8, 16 * wanted); d++) {
    if (n % d !== 0) continue;
    if (d % sharers !== 0 && d < 4 * sharers) uneven = d;
    else {
      best = d;
      if (d >= wanted) break;
    }
  }
  return best ?? uneven;
}

interface Blocks {
  readonly axes: readonly number[];
  readonly blocks: number;
}
const reductionRule = <A>(rule: Omit<Rule<A>, 'samples' | 'kind'>): Rule<A> => ({
  ...rule,
  kind: 'reduce',
  samples: [],
});
const memo = <T>(make: (combine: Combine) => T): ((combine: Combine) => T) => {
  const made = new Map<Combine, T>();
  return (combine) => {
    if (!made.has(combine)) made.set(combine, make(combine));
    return made.get(combine)!;
  };
};

/** `out[b, kept] = Σ x over block b of the reduced axes, flattened`. */
const blockRule = memo((combine) =>
  reductionRule<Blocks>({
    name: `${combine} blocks`,
    result: ([x], { axes, blocks: count }) => ({
      shape: [count, ...x.shape.filter((_, d) => !axes.includes(d))],
      // Sums of 16-bit floats are kept in the precision they are computed in.
      dtype: isFloat(x.dtype) && x.dtype !== 'float64' ? 'float32' : x.dtype,
    }),
    at: ([x], [block, ...index], { axes, blocks: count }) => {
      const sizes = axes.map((d) => x.shape[d]);
      const length = sizeOf(sizes) / count;
      const { loops, at } = walk(block, count, length, sizes);
      const kept = [...index];
      const source = x.shape.map((_, d): Expr => (axes.includes(d) ? at[axes.indexOf(d)] : kept.shift()!));
      return reduce(combine, loops, x(...source));
    },
  }),
);

/** Axes that run over one block of an index space, and the resulting index. */
function walk(block: Expr, count: number, length: number, sizes: readonly number[]) {
  // A block that is a range of the first axis leaves the others whole.
  const [first, ...rest] = sizes as [number, ...number[]];
  const whole = rest.map((n, d) => axis(n, `r${d + 1}`));
  if (first % count === 0) {
    const own = axis(first / count, 'r0');
    return { loops: [own, ...whole], at: [plus(times(block, first / count), indexOf(own)), ...whole.map(indexOf)] };
  }
  const own = axis(length, 'r');
  return { loops: [own], at: unflatten(plus(times(block, length), indexOf(own)), sizes) };
}

const joinRule = memo((combine) =>
  reductionRule<Aval>({
    name: `${combine} of blocks`,
    result: (_, { shape, dtype }) => ({ shape, dtype }),
    at: ([x], index, { shape }) => {
      const block = axis(x.shape[0], 'b');
      // Axes of size 1 may have come or gone.
      const rest = index.filter((_, d) => shape[d] !== 1);
      const source = x.shape.slice(1).map((n) => (n === 1 ? int(0) : rest.shift()!));
      return reduce(combine, [block], x(indexOf(block), ...source));
    },
  }),
);
