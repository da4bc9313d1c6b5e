import { HornbeamError } from '../base/errors.ts';
import { type Aval, type Primitive, type Rule, Tensor } from './tensor.ts';

/** Real and imaginary part, two real tensors of one shape. */
export type Pair = readonly [re: Tensor, im: Tensor];
/** What a primitive does if an input or its result is complex: a composition on real and imaginary parts. */
export type OnPairs<A> = (inputs: readonly Tensor[], attrs: A) => Tensor;

/** The complex tensor of two real ones. Primitives, devices and gradients only ever see the parts. */
export const complex = (re: Tensor, im: Tensor): Tensor =>
  new Tensor({ shape: re.shape, dtype: 'complex64' }, { parts: [re, im] });
/** The tensors that hold its values: itself, or the parts of a complex tensor. */
export const partsOf = (t: Tensor): readonly Tensor[] => t.parts ?? [t];
/** An input of a program being recorded; a complex one is two. */
export const input = ({ shape, dtype }: Aval): Tensor => {
  if (dtype !== 'complex64') return new Tensor({ shape, dtype });
  const part: Aval = { shape, dtype: 'float32' };
  return complex(new Tensor(part), new Tensor(part));
};

const meanings = new Map<Rule, OnPairs<unknown>>();
/** Says what a primitive means for complex tensors. */
export function onPairs<A>({ rule }: Pick<Primitive<never, A, unknown>, 'rule'>, meaning: OnPairs<A>): void {
  meanings.set(rule as Rule, meaning as OnPairs<unknown>);
}

/** The error for a computation that is not defined for complex numbers, in the name of what the user called. */
export class ComplexRefused extends HornbeamError {
  constructor(what: string) {
    super('');
    this.by(what);
  }
  by(who: string): this {
    this.message = `${who}: a complex64 tensor came where only real numbers have a meaning\n  Fix: give real tensors: ops.real(x), ops.imag(x), ops.abs(x) or ops.angle(x)`;
    return this;
  }
}
/** Runs a body; complex numbers that it does not support are refused in its name. */
export function refusingComplex<R>(who: string, f: () => R): R {
  try {
    return f();
  } catch (error) {
    throw error instanceof ComplexRefused ? error.by(who) : error;
  }
}

/** Whether an input or the result is complex. */
export const meetsComplex = (inputs: readonly Tensor[], attrs: unknown): boolean =>
  inputs.some((t) => t.parts) || (attrs as { dtype?: unknown } | undefined)?.dtype === 'complex64';
/** Applies a primitive whose inputs or result are complex. */
export function applyToPairs(rule: Rule, inputs: readonly Tensor[], attrs: unknown, real: Bind): Tensor {
  const meaning = meanings.get(rule);
  if (meaning) return meaning(inputs, attrs);
  // Movements apply to both parts alike; other inputs are indices and conditions.
  if (rule.kind !== 'movement') throw new ComplexRefused(rule.name);
  const side = (k: 0 | 1): Tensor =>
    real(
      rule,
      inputs.map((t) => t.parts?.[k] ?? t),
      k === 0 ? attrs : withoutFill(attrs),
    ) as Tensor;
  return complex(side(0), side(1));
}
type Bind = (rule: Rule, inputs: readonly Tensor[], attrs: unknown) => Tensor | readonly Tensor[];
/** What a movement fills in is a real number. */
const withoutFill = (attrs: unknown): unknown => {
  if (typeof attrs !== 'object' || attrs === null) return attrs;
  return { ...attrs, ...('value' in attrs && { value: 0 }), ...('fill' in attrs && { fill: 0 }) };
};
