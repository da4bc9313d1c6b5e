import { gradients } from '../autodiff/gradients.ts';
import { floatx } from '../base/config.ts';
import { isInexact, type TypedArray } from '../base/dtype.ts';
import { fail } from '../base/errors.ts';
import { exact } from '../base/exact.ts';
import { type OptionNames, optionsOf, show } from '../base/options.ts';
import { showShape } from '../base/shape.ts';
import { isPlainObject, refuseDepth } from '../base/tree.ts';
import { complex, partsOf } from '../ir/complex.ts';
import { nextSerial, Tensor } from '../ir/tensor.ts';
import { convert, neg } from '../primitives/elementwise.ts';
import { full } from '../primitives/generators.ts';
import { evaluate } from '../runtime/execute.ts';
import { bare, currentTrace, inFrame, isRecordingTape, Trace, withHistory } from './frames.ts';
import { tensorsIn, withTensors } from './leaves.ts';
import { isNumbers, isTypedArray, type Like, type Nested, tensor } from './like.ts';
import { Variable } from './variable.ts';

/** Which argument of a function, or which ones. */
type Positions = number | readonly number[];
export interface GradOptions<N extends Positions = Positions> {
  /** The argument or arguments to differentiate with respect to; the first by default. */
  readonly argnums?: N;
}
/** A gradient has the structure of the argument, with a tensor in place of each array and number. */
export type Gradient<X> = unknown extends X
  ? unknown
  : X extends Tensor | Variable | TypedArray | Nested
    ? Tensor
    : X extends object
      ? { [K in keyof X]: Gradient<X[K]> }
      : X;
/** The gradient with respect to one argument, or a list of those with respect to several. */
type GradientAt<A extends readonly unknown[], N extends Positions> = N extends number
  ? Gradient<A[N]>
  : { -readonly [K in keyof N]: Gradient<A[N[K] & number]> };
/** What is accepted for a differentiated argument: numbers and arrays where the function takes tensors. */
type Differentiable<X> = unknown extends X
  ? X
  : X extends Tensor
    ? Like
    : X extends Variable | TypedArray | Nested
      ? X
      : X extends object
        ? { [K in keyof X]: Differentiable<X[K]> }
        : X;
/**
 * The arguments of a function that is differentiated with respect to some of them; the others are passed on unchanged.
 */
type GradArgs<A extends readonly unknown[], N extends Positions> = {
  [K in keyof A]: K extends `${N extends readonly number[] ? N[number] : N & number}` ? Differentiable<A[K]> : A[K];
};
const gradOptions: OptionNames<GradOptions> = { argnums: true };

interface GradientOptions {
  /** The name for errors; `grad` by default. */
  readonly who?: string;
  /** The serial of the first tensor that is no constant; 0 by default. */
  readonly since?: number;
  /** What the scalar is multiplied by; 1 by default. */
  readonly weight?: Tensor | undefined;
}
/**
 * Gradients of a scalar with respect to tensors; zeros where it does not depend on them. With respect to z = a + bi it
 * is `∂/∂a - i ∂/∂b`, as in JAX.
 */
export function gradientsOf(
  loss: Tensor,
  wrt: readonly Tensor[],
  { who = 'grad', since = 0, weight }: GradientOptions = {},
): Tensor[] {
  if (!(loss instanceof Tensor))
    fail(
      who,
      `the function gave ${show(loss)}, no tensor`,
      'compute with keras.ops: what +, * and Math give is a number',
    );
  if (loss.shape.length > 0)
    fail(
      who,
      `the function must give a scalar, it gave shape ${showShape(loss.shape)}`,
      'reduce the result, e.g. with ops.sum or ops.mean',
    );
  if (!isInexact(loss.dtype))
    fail(
      who,
      `the function gave dtype ${loss.dtype}, which has no gradient`,
      'let it give a float: what it counts or rounds has no slope',
    );
  if (loss.parts) fail(who, 'the function gave a complex64 number', 'make it real, e.g. with ops.real or ops.abs');
  const zeros = (t: Tensor): Tensor => full({ shape: t.shape, dtype: t.dtype, value: 0 });
  const record = (): Tensor[] => {
    const leaves = wrt.flatMap(partsOf);
    const seed = weight ? convert(weight, { dtype: loss.dtype }) : full({ shape: [], dtype: loss.dtype, value: 1 });
    const found = gradients([loss], [seed], leaves, since);
    const known = found.map((g, k) => g ?? zeros(leaves[k]));
    let at = 0;
    const next = (): Tensor => known[at++];
    return wrt.map((t) => (t.parts ? complex(next(), neg(next())) : next()));
  };
  if (currentTrace()) return record();
  const found = inFrame(new Trace({ inline: true }), record);
  evaluate(found);
  // Higher gradients go back through these. Otherwise their history is dropped, as it would keep the whole computation
  // alive.
  if (isRecordingTape()) return found;
  return found.map((g) => (g.parts ? complex(bare(g.parts[0]), bare(g.parts[1])) : bare(g)));
}

/** A differentiated argument: JavaScript numbers become floats; tensors must already be floats. */
export function differentiable(x: unknown, argument: number, who = 'grad'): unknown {
  if (x === undefined)
    fail(who, `argument ${argument} is missing`, 'give what the gradient is taken with respect to, or another argnums');
  const check = (t: Tensor): Tensor =>
    isInexact(t.dtype)
      ? t
      : fail(
          who,
          `argument ${argument} holds a tensor of dtype ${t.dtype}, which has no gradient`,
          "make it float32: ops.cast(x, 'float32'), or tensor(data, { dtype: 'float32' })",
        );
  const walk = (y: unknown, depth = 0): unknown => {
    refuseDepth(depth);
    if (y instanceof Tensor) return check(y);
    if (y instanceof Variable) return check(y.read()) && y;
    if (isTypedArray(y)) return check(tensor(y));
    if (isNumbers(y)) return tensor(y as Nested, { dtype: floatx() });
    if (Array.isArray(y)) return y.map((z) => walk(z, depth + 1));
    if (isPlainObject(y)) return Object.fromEntries(Object.entries(y).map(([k, z]) => [k, walk(z, depth + 1)]));
    if (typeof y === 'object' && y !== null)
      fail(
        who,
        `argument ${argument} holds ${show(y)}`,
        'give tensors and numbers, alone, in lists or in plain objects',
      );
    return y;
  };
  return walk(x);
}

/**
 * For a function with a scalar result: a function that returns its value and its gradient, which has the structure of
 * the argument.
 * @example valueAndGrad((x: Tensor) => ops.sum(ops.square(x)))(tensor([1, 2, 3], { dtype: 'float32' })) // [14, [2, 4, 6]]
 */
export const valueAndGrad = exact('valueAndGrad', 2, function valueAndGrad<
  A extends readonly unknown[],
  const N extends Positions = 0,
>(f: (...args: A) => Tensor, options: GradOptions<N> = {}): (
  ...args: GradArgs<A, N>
) => [value: Tensor, gradient: GradientAt<A, N>] {
  if (typeof f !== 'function') fail('grad', `${show(f)} is no function`, 'give a function that gives a scalar');
  const { argnums = 0 } = optionsOf('valueAndGrad', gradOptions, options);
  return (...args) => {
    const positions = typeof argnums === 'number' ? [argnums] : argnums;
    const all: unknown[] = [...args];
    for (const k of positions) all[k] = differentiable(args[k], k);
    const given = positions.map((k) => all[k]);
    const wrt = tensorsIn(given);
    // Values read from outside the function are constants, in a recorded program as well.
    const since = nextSerial();
    const value = withHistory(() => f(...(all as unknown as A)));
    const found = withTensors(given, gradientsOf(value, wrt, { since }));
    return [value, (typeof argnums === 'number' ? found[0] : found) as GradientAt<A, N>];
  };
});

/**
 * For a function with a scalar result: a function that returns its gradient with respect to the first argument (or
 * `argnums`).
 */
export const grad = exact('grad', 2, function grad<
  A extends readonly unknown[],
  const N extends Positions = 0,
>(f: (...args: A) => Tensor, options: GradOptions<N> = {}): (...args: GradArgs<A, N>) => GradientAt<A, N> {
  optionsOf('grad', gradOptions, options);
  const both = valueAndGrad(f, options);
  return (...args) => both(...args)[1];
});
